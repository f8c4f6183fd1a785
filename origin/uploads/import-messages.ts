/** Between the origin and the process that repackages a file. */
import * as v from 'valibot'
import { UploadRefusal } from '../../shared/contracts/uploads.ts'
import { RecordingHead } from '../videos/recording-index.ts'

export const ImportOrder = v.object({
  inputPath: v.string(),
  folder: v.string(),
  head: RecordingHead,
})
export type ImportOrder = v.InferOutput<typeof ImportOrder>

export const ImportMessage = v.variant('type', [
  v.object({ type: v.literal('progress'), percent: v.number() }),
  /** It can be watched. The process ends well once the disk has it. */
  v.object({ type: v.literal('written') }),
  v.object({ type: v.literal('syncing') }),
  v.object({ type: v.literal('refused'), reason: UploadRefusal }),
])
export type ImportMessage = v.InferOutput<typeof ImportMessage>

/** @returns `undefined` for a line that is none */
export function readImportMessage(line: string): ImportMessage | undefined {
  try {
    const result = v.safeParse(ImportMessage, JSON.parse(line))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
