/** A file of this device as an upload of it is asked for, and found again after a reload. */
import * as v from 'valibot'
import { FILE_NAME_MAX_CHARS, NewUpload } from '../../../shared/contracts/uploads.ts'

const NO_NAME = 'video'

/**
 * Its name becomes what the server will call it: a system may put into one what no field takes (macOS a narrow space
 * before "PM"), and have longer ones.
 */
export function newUploadOf({
  name,
  size,
  lastModified,
}: Pick<File, 'name' | 'size' | 'lastModified'>): NewUpload {
  const whole = name.toWellFormed().slice(0, FILE_NAME_MAX_CHARS).toWellFormed()
  const cleaned = v.safeParse(NewUpload.entries.fileName, whole)
  const fileName = cleaned.success ? cleaned.output : NO_NAME
  return { fileName, sizeBytes: size, modifiedAt: Math.max(0, Math.round(lastModified)) }
}

export function isSameFile(upload: NewUpload, other: NewUpload): boolean {
  return (
    upload.fileName === other.fileName &&
    upload.sizeBytes === other.sizeBytes &&
    upload.modifiedAt === other.modifiedAt
  )
}
