/**
 *   GET /frame/:video?at=MS[&from=N&to=N]   the picture of a moment, of these segments alone
 *   GET /previews/:video?from=N&to=N        small pictures by their places
 * The second place is without.
 */
import { ULID_PATTERN } from '../../shared/ids.ts'
import type { VideoPictures } from '../videos/pictures.ts'

/** @returns JPEG; `undefined` for what cannot be drawn, `'elsewhere'` for other addresses  @throws the disk's error */
export async function answerPicture(
  pictures: VideoPictures,
  { pathname, searchParams }: URL,
): Promise<Uint8Array | undefined | 'elsewhere'> {
  const [, kind, videoId = '', ...rest] = pathname.split('/')
  if ((kind !== 'frame' && kind !== 'previews') || rest.length > 0) return 'elsewhere'
  if (!ULID_PATTERN.test(videoId)) return undefined
  const [at, from, to] = ['at', 'from', 'to'].map((name) => count(searchParams.get(name)))
  if (kind === 'frame') return at === undefined ? undefined : pictures.frame(videoId, at, { from, to })
  return from === undefined || to === undefined ? undefined : pictures.sheet(videoId, { from, to })
}

function count(text: string | null): number | undefined {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
