/**
 * Makes a recording of an uploaded file: repackaged as it is, or encoded first when its codecs are none that browsers
 * play and ffmpeg is there. Each step is a process of its own within bounds.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { UploadRefusal } from '../../shared/contracts/uploads.ts'
import { type BoundedRun, runBounded } from '../bounded-process.ts'
import type { RecordingHead } from '../videos/recording-index.ts'
import { encodeArguments, encodedPercent } from './encode.ts'
import { readImportMessage, type ImportOrder } from './import-messages.ts'
import { type Container, readContainer } from './container.ts'

export interface ImportBounds {
  /** For one GB; a short file has a minute. */
  readonly importMsPerGb: number
  /** For one file that is encoded. */
  readonly encodeMs: number
  readonly silenceMs: number
  readonly checkMs: number
  readonly maxMemoryBytes: number
}

export interface FileImport {
  readonly inputPath: string
  /** Its own, and empty. */
  readonly workFolder: string
  /** In the work folder; the recording. */
  readonly folder: string
  readonly head: RecordingHead
  readonly ffmpegPath: string
  /** Where what Node compiled is kept, so that the next process starts sooner. */
  readonly compileCache: string
  readonly bounds: ImportBounds
  readonly signal: AbortSignal
  /** Begins what takes long once it is its turn. */
  readonly atEncoder: <T>(work: () => Promise<T>) => Promise<T | 'stopped'>
  readonly onProgress: (state: 'checking' | 'repackaging' | 'encoding', percent: number) => void
}

export type ImportResult = Written | 'stopped' | { readonly refused: UploadRefusal }

/** The recording can be watched. */
export interface Written {
  /** Whether the disk has it: until then a power failure may take it back. Never rejects. */
  readonly isSynced: Promise<boolean>
}

const PROCESS = fileURLToPath(new URL('import-process.ts', import.meta.url))
const HEAP_MB = 512
const MIN_IMPORT_MS = 60_000
/** An encoder takes what the picture needs; 8K with all its references. */
const ENCODER_MEMORY_BYTES = 2 * 1024 ** 3

/** Never rejects but with the disk's error. */
export async function importFile(job: FileImport): Promise<ImportResult> {
  job.onProgress('checking', 0)
  const asItIs = await repackaged(job, job.inputPath)
  // A reader that stumbles over a codec or a container says nothing about another reader.
  const isForAnother =
    typeof asItIs === 'object' &&
    'refused' in asItIs &&
    (asItIs.refused === 'codec' || asItIs.refused === 'not_media')
  if (!isForAnother) return asItIs
  const container = await readContainer(job.inputPath)
  if (!container) return asItIs
  job.onProgress('encoding', 0)
  return job.atEncoder(async () => {
    const encoded = await encode(job, container)
    if (encoded === undefined) return asItIs
    if (encoded !== 'done') return encoded
    return repackaged(job, join(job.workFolder, ENCODED_FILE))
  })
}

const ENCODED_FILE = 'encoded.mp4'

async function repackaged(job: FileImport, inputPath: string): Promise<ImportResult> {
  const { size } = await stat(inputPath)
  const order: ImportOrder = { inputPath, folder: job.folder, head: job.head }
  const written = Promise.withResolvers<'written'>()
  let refused: UploadRefusal | undefined
  let isWritten = false
  const run = runBounded({
    ...runOf(job),
    command: process.execPath,
    args: [`--max-old-space-size=${HEAP_MB}`, PROCESS, JSON.stringify(order)],
    compileCache: job.compileCache,
    timeoutMs: MIN_IMPORT_MS + (size / 1e9) * job.bounds.importMsPerGb,
    maxMemoryBytes: job.bounds.maxMemoryBytes,
    onLine: (line) => {
      const message = readImportMessage(line)
      if (message?.type === 'written') {
        isWritten = true
        written.resolve('written')
      }
      if (isWritten) return
      if (message?.type === 'progress') job.onProgress('repackaging', message.percent)
      if (message?.type === 'refused') refused = message.reason
    },
  })
  const ending = await Promise.race([written.promise, run])
  if (isWritten) return { isSynced: run.then((end) => end === 'done') }
  if (ending === 'stopped') return ending
  // It ran out of what it may have, or fell over the file.
  return { refused: ending === 'took_too_long' || ending === 'too_much' ? ending : (refused ?? 'damaged') }
}

/** @returns `undefined` when there is nothing that could encode it */
async function encode(
  job: FileImport,
  container: Container,
): Promise<Exclude<ImportResult, Written> | 'done' | undefined> {
  const output = join(job.workFolder, ENCODED_FILE)
  const { size } = await stat(job.inputPath)
  let said = ''
  let isRunning = false
  const ending = await runBounded({
    ...runOf(job),
    command: job.ffmpegPath,
    args: encodeArguments({ input: job.inputPath, container, output, inputBytes: size }),
    timeoutMs: job.bounds.encodeMs,
    maxMemoryBytes: ENCODER_MEMORY_BYTES,
    onLine: (line) => {
      isRunning = true
      said = line
      const percent = encodedPercent(said, size)
      if (percent !== undefined) job.onProgress('encoding', percent)
    },
  })
  if (ending === 'done') return 'done'
  if (ending === 'stopped') return ending
  if (ending !== 'failed') return { refused: ending }
  return isRunning ? { refused: 'damaged' } : undefined
}

function runOf({
  workFolder,
  bounds,
  signal,
}: FileImport): Pick<BoundedRun, 'cwd' | 'silenceMs' | 'checkMs' | 'signal'> {
  return { cwd: workFolder, silenceMs: bounds.silenceMs, checkMs: bounds.checkMs, signal }
}
