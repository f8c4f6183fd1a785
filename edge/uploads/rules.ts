/** What origins make of the files that they were sent. */
import type { UploadReport } from '../../shared/contracts/uploads.ts'
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import { reportUpload } from './store.ts'

/** Idempotent. @throws AppError `gone` for one that was given up, or is done */
export type UploadReporting = (id: string, report: UploadReport) => Promise<void>

export function uploadReporting({ database }: Pick<Platform, 'database'>): UploadReporting {
  return async (id, report) => {
    const [rows = []] = await database.write([reportUpload(id, report)])
    if (rows.length === 0) throw new AppError('gone')
  }
}
