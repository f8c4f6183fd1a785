/** Which of the files that somebody chose or dropped are sent, and why the others are not. */
import { isSameFile, newUploadOf } from './chosen-file.ts'

export type ChoiceRefusal = 'folder' | 'empty' | 'not_media' | 'twice' | 'too_many'

export interface FileChoice {
  readonly files: readonly File[]
  readonly refused: readonly { readonly name: string; readonly reason: ChoiceRefusal }[]
}

/** What is sent or waits in one page at a time. */
export const MAX_QUEUED = 20

/** Some systems know no type for these. */
const MEDIA_ENDING =
  /\.(?:mp4|m4v|mov|mkv|webm|avi|flv|ts|mts|m2ts|mpe?g|vob|wmv|3gp|3g2|mxf|og[gvam]|opus|mp3|m4a|aac|flac|wav)$/i

interface Known {
  /** Those that are sent, or wait for it. */
  readonly queued: readonly File[]
}

export function chooseFiles(
  chosen: readonly File[],
  folders: readonly string[],
  { queued }: Known,
): FileChoice {
  const files: File[] = []
  const refused: { name: string; reason: ChoiceRefusal }[] = folders.map((name) => ({
    name,
    reason: 'folder',
  }))
  for (const file of chosen) {
    const reason = refusalOf(file, [...queued, ...files])
    if (reason) refused.push({ name: file.name, reason })
    else files.push(file)
  }
  return { files, refused }
}

function refusalOf(file: File, queued: readonly File[]): ChoiceRefusal | undefined {
  if (!isMedia(file)) return 'not_media'
  if (file.size === 0) return 'empty'
  if (queued.some((other) => isSameFile(newUploadOf(other), newUploadOf(file)))) return 'twice'
  return queued.length >= MAX_QUEUED ? 'too_many' : undefined
}

/** What nobody here knows is for the server to judge. */
function isMedia({ name, type }: File): boolean {
  return type === '' || /^(?:video|audio)\//.test(type) || MEDIA_ENDING.test(name)
}

/** Must be asked for while the event lasts. */
export function droppedFiles(transfer: DataTransfer): { files: File[]; folders: string[] } {
  const files: File[] = []
  const folders: string[] = []
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    if (entry?.isDirectory === true) folders.push(entry.name)
    else {
      const file = item.getAsFile()
      if (file) files.push(file)
    }
  }
  return { files, folders }
}
