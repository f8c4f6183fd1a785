/**
 * Files that this page is sending, by the id of their upload. They go on when another tab of the studio is opened; after
 * a reload the same file is chosen again and goes on where the origin has it.
 */
import type { DetailedError, HttpResponse, Upload as TusUpload } from 'tus-js-client'
import { isErrorCode } from '../../../shared/errors.ts'
import { UPLOAD_CHUNK_BYTES } from '../../../shared/contracts/uploads.ts'
import { ApiProblem } from '../../lib/api.ts'
import { warnWhile } from './leave-warning.ts'
import { type Pace, paceAfter, restMs } from './pace.ts'

export interface Transfer {
  readonly state: 'sending' | 'paused' | 'waiting' | 'failed' | 'sent'
  readonly sentBytes: number
  readonly sizeBytes: number
  /** `undefined`: nobody can say yet. */
  readonly restMs: number | undefined
  readonly problem?: ApiProblem
  /** The disk of the site is filling up. */
  readonly isDiskFilling: boolean
}

interface Running {
  transfer: Transfer
  readonly upload: TusUpload
  readonly file: File
  pace: Pace | undefined
}

/** Waits between tries of one chunk; it is tried again for about five minutes, and then by hand. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000, ...Array.from({ length: 20 }, () => 15_000)]
const running = new Map<string, Running>()
const listeners = new Set<() => void>()

export function transferOf(id: string): Transfer | undefined {
  return running.get(id)?.transfer
}

/** @returns `undefined` for one that another page sends */
export function fileOf(id: string): File | undefined {
  return running.get(id)?.file
}

/** All that this page has, whether they are sent or not. */
export function transferredFiles(): readonly File[] {
  return [...running.values()].map(({ file }) => file)
}

export function isSending(): boolean {
  return [...running.values()].some(({ transfer: { state } }) => state === 'sending' || state === 'waiting')
}

export function onTransfers(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** @throws when the part of the page that sends cannot be loaded */
export async function startTransfer(path: string, id: string, file: File): Promise<void> {
  if (running.has(id)) return resumeTransfer(id)
  const { Upload } = await import('tus-js-client')
  const change = (next: Partial<Transfer>): void => {
    const before = running.get(id)
    if (!before) return
    before.transfer = { ...before.transfer, ...next }
    tell()
  }
  const upload = new Upload(file, {
    uploadUrl: `${path}/${id}/file`,
    chunkSize: UPLOAD_CHUNK_BYTES,
    retryDelays: RETRY_MS,
    storeFingerprintForResuming: false,
    onShouldRetry: (error) => {
      const retries = isPassing(error.originalResponse?.getStatus() ?? 0)
      if (retries) change({ state: 'waiting' })
      return retries
    },
    onProgress: (sentBytes) => {
      const found = running.get(id)
      if (!found) return
      found.pace = paceAfter(found.pace, performance.now(), sentBytes)
      change({ state: 'sending', sentBytes, restMs: restMs(found.pace, file.size) })
    },
    onAfterResponse: (_, response) => change({ isDiskFilling: response.getHeader('x-disk') === 'filling' }),
    onSuccess: () => change({ state: 'sent', sentBytes: file.size }),
    onError: (error) => change({ state: 'failed', problem: problemOf(error) }),
  })
  running.set(id, {
    upload,
    file,
    pace: undefined,
    transfer: {
      state: 'sending',
      sentBytes: 0,
      sizeBytes: file.size,
      restMs: undefined,
      isDiskFilling: false,
    },
  })
  upload.start()
  tell()
}

export function pauseTransfer(id: string): void {
  const found = running.get(id)
  if (!found) return
  void found.upload.abort()
  found.transfer = { ...found.transfer, state: 'paused' }
  tell()
}

export function resumeTransfer(id: string): void {
  const found = running.get(id)
  if (!found) return
  const { problem: _, ...before } = found.transfer
  // It may have rested for hours.
  found.pace = undefined
  found.transfer = { ...before, state: 'sending', restMs: undefined }
  found.upload.start()
  tell()
}

/** Also when it is not known here. What was sent stays at the origin. */
export function dropTransfer(id: string): void {
  void running.get(id)?.upload.abort()
  running.delete(id)
  tell()
}

function tell(): void {
  warnWhile('transfers', isUnfinished())
  for (const listener of listeners) listener()
}

/** Also what is paused: this page has the file. */
function isUnfinished(): boolean {
  return [...running.values()].some(({ transfer: { state } }) => state !== 'sent' && state !== 'failed')
}

/** No answer, a busy lock or offset (409, 423), or a server that is away: all pass. */
function isPassing(status: number): boolean {
  return (
    status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507)
  )
}

function problemOf(error: Error | DetailedError): ApiProblem {
  const response = 'originalResponse' in error ? error.originalResponse : null
  return response ? refusalOf(response) : new ApiProblem('network', { cause: error })
}

function refusalOf(response: HttpResponse): ApiProblem {
  const status = response.getStatus()
  try {
    const { code } = JSON.parse(response.getBody()) as { code?: unknown }
    if (typeof code === 'string' && isErrorCode(code)) return new ApiProblem(code, { status })
  } catch {
    // A proxy answered, or there is no body.
  }
  return new ApiProblem('unexpected', { status })
}
