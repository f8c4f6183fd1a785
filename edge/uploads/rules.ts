/** What origins make of the files that they were sent. */
import type { UploadReport } from '../../shared/contracts/uploads.ts'
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import { isVideo, reportUpload } from './store.ts'

/** Idempotent; changes nothing of one that is a video. @throws AppError `gone` for one that was given up */
export type UploadReporting = (id: string, report: UploadReport) => Promise<void>

export function uploadReporting({ database }: Pick<Platform, 'database'>): UploadReporting {
  return async (id, report) => {
    const [rows = []] = await database.write([reportUpload(id, report)])
    if (rows.length === 0 && !(await isVideo(database, id))) throw new AppError('gone')
  }
}
