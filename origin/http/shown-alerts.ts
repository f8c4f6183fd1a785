/** Edges tell which alert has just begun on the overlay, to be written into the stream at this moment of the media. */
import type { IncomingMessage } from 'node:http'
import * as v from 'valibot'
import { ShownAlert } from '../../shared/contracts/internal.ts'
import { ALERT_CLASS } from '../../shared/hls-date-range.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { LiveStream } from '../streams/live-stream.ts'

const MAX_BODY_BYTES = 8_192
const PATH = /^\/internal\/broadcasts\/([^/]{1,64})\/alerts$/

/** @returns the broadcast that the path names, if it is one of these */
export function shownAlertPath(pathname: string): string | undefined {
  return PATH.exec(pathname)?.[1]
}

/** @returns `undefined` when it was taken */
export async function takeShownAlert(
  request: IncomingMessage,
  stream: LiveStream | undefined,
): Promise<ErrorCode | undefined> {
  const body = await readBody(request)
  if (body === undefined) return 'body_too_large'
  const alert = v.safeParse(ShownAlert, parseJson(body))
  if (!alert.success) return 'invalid_input'
  if (!stream || stream.source.window.isEnded) return 'stream_offline'
  const { id, kind, durationMs, amountRupiah, senderName, message } = alert.output
  return stream.mark({
    id,
    className: ALERT_CLASS,
    durationMs,
    attributes: {
      'X-PANGGUNG-KIND': kind,
      'X-PANGGUNG-AMOUNT': amountRupiah,
      ...(senderName !== null && { 'X-PANGGUNG-NAME': senderName }),
      ...(message !== null && { 'X-PANGGUNG-MESSAGE': message }),
    },
  })
    ? undefined
    : 'stream_offline'
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // No value of the contract, and answered as such.
  }
}
