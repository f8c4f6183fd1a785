/** Writes frames of `text/event-stream` (WHATWG HTML, section 9.2.5). */

export interface SseFrame {
  readonly event: string
  /** Any text: each of its lines becomes a `data:` line. */
  readonly data: string
  /** What a reconnecting EventSource sends back as Last-Event-ID. */
  readonly id?: string
  /** How long EventSource waits before it reconnects. */
  readonly retryMs?: number
}

export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  // `no-transform`: a proxy that compresses would hold frames back.
  'cache-control': 'no-store, no-transform',
  // nginx buffers answers unless told not to.
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const

const LINE_BREAK = /\r\n|\r|\n/

/** @throws TypeError when `event` or `id` could end its line and start another field */
export function formatFrame({ event, data, id, retryMs }: SseFrame): string {
  let frame = ''
  if (retryMs !== undefined) frame += `retry: ${Math.trunc(retryMs)}\n`
  if (id !== undefined) frame += `id: ${singleLine(id)}\n`
  frame += `event: ${singleLine(event)}\n`
  for (const line of data.split(LINE_BREAK)) frame += `data: ${line}\n`
  return `${frame}\n`
}

function singleLine(value: string): string {
  // A NUL in an id makes the browser ignore it.
  if (/[\r\n\0]/.test(value)) throw new TypeError('Cannot write the field as it holds a line break or NUL')
  return value
}

const encoder = new TextEncoder()

export function encodeFrame(frame: SseFrame): Uint8Array<ArrayBuffer> {
  // Copied, because not every runtime promises that the bytes are nobody else's.
  return new Uint8Array(encoder.encode(formatFrame(frame)))
}

export interface EventId {
  readonly epoch: string
  readonly seq: number
}

export function formatEventId({ epoch, seq }: EventId): string {
  return `${epoch}.${seq}`
}

/** @returns `undefined` when it is none of ours */
export function parseEventId(text: string): EventId | undefined {
  const match = /^([a-z0-9]{1,64})\.(\d{1,15})$/.exec(text)
  return match?.[1] === undefined ? undefined : { epoch: match[1], seq: Number(match[2]) }
}
