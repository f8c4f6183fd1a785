/** Which form of a playlist a viewer gets (RFC 9110, 12.5.3). Both forms are kept side by side under one key. */
import type { CachedAnswer, Platform } from '../ports.ts'

/** With this much to gain, an answer is worth its second form. */
const MIN_SAVED_BYTES = 64

export async function withGzip(
  answer: CachedAnswer,
  gzip: NonNullable<Platform['gzip']>,
): Promise<CachedAnswer> {
  if (answer.status !== 200) return answer
  const compressed = await gzip(answer.body)
  return compressed.byteLength + MIN_SAVED_BYTES <= answer.body.byteLength
    ? { ...answer, gzip: compressed }
    : answer
}

/** Named and not refused by a weight of zero; `*` alone is no reason to compress. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false
  const weight = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(acceptEncoding)
  return weight !== null && (weight[1] === undefined || Number(weight[1]) > 0)
}
