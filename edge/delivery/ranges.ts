/** One range of an answer that never changes (RFC 9110, 14), and the answer to who has it already (13). Pure. */
import { readRange } from '../../shared/byte-range.ts'
import { matchesEtag } from '../http/if-none-match.ts'
import type { DeliveryAnswer } from './answer.ts'

/** What may be asked about an answer. */
export interface Conditions {
  readonly range: string | undefined
  readonly ifRange: string | undefined
  readonly ifNoneMatch: string | undefined
}

/** @param etag strong: the same name never has other bytes */
export function partialAnswer(whole: DeliveryAnswer, etag: string, conditions: Conditions): DeliveryAnswer {
  if (whole.status !== 200) return whole
  const headers: Record<string, string> = { ...whole.headers, etag, 'accept-ranges': 'bytes' }
  if (matchesEtag(conditions.ifNoneMatch, etag)) {
    delete headers['content-length']
    return { status: 304, headers, body: new Uint8Array() }
  }
  const isRangeMeant = conditions.ifRange === undefined || conditions.ifRange === etag
  const range = isRangeMeant ? readRange(conditions.range, whole.body.byteLength) : undefined
  if (range === undefined) return { ...whole, headers }
  const size = whole.body.byteLength
  if (range === 'unsatisfiable')
    return {
      status: 416,
      headers: { ...headers, 'content-length': '0', 'content-range': `bytes */${size}` },
      body: new Uint8Array(),
    }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(range.to - range.from + 1),
      'content-range': `bytes ${range.from}-${range.to}/${size}`,
    },
    body: whole.body.subarray(range.from, range.to + 1),
  }
}
