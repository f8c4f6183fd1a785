/**
 * The one grammar of HLS addresses, the same at origin and edge:
 *
 *   /live/:slug/index.m3u8
 *   /live/:slug/still.jpg                        the picture of a few seconds ago, for cards and previews
 *   /vod/:video/previews.vtt, previews.jpg       small pictures of a video for whoever looks for a moment in it
 *   /vod/:video/captions.:id.vtt                 all of one language's captions, for players that take them apart
 *   /vod/:video/:video/:rendition/seg.:n.vtt     captions as a rendition
 *   /live/:slug/:broadcast/:rendition/media.m3u8
 *   /live/:slug/:broadcast/:rendition/init.:n.mp4
 *   /live/:slug/:broadcast/:rendition/seg.:msn.m4s
 *   /live/:slug/:broadcast/:rendition/part.:msn.:n.m4s
 *   /vod/:video/...                              the same grammar, finished playlists
 *   /live/~TOKEN/:slug/...                       with a viewer token, stripped by the parser
 */
import { ULID_PATTERN } from './ids.ts'

export const SLUG_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/
const RENDITION_PATTERN = /^[a-z0-9]{1,16}$/
const TOKEN_PATTERN = /^~[\w.-]{1,512}$/

export type HlsRoot =
  | { readonly scope: 'live'; readonly slug: string }
  | { readonly scope: 'vod'; readonly video: string }

export type HlsFile =
  | { readonly kind: 'media-playlist' }
  | { readonly kind: 'init'; readonly index: number }
  | { readonly kind: 'segment'; readonly msn: number }
  | { readonly kind: 'part'; readonly msn: number; readonly part: number }
  /** Videos only. */
  | { readonly kind: 'caption-segment'; readonly index: number }

export type HlsResource =
  | { readonly kind: 'multivariant' }
  | { readonly kind: 'still' }
  /** Videos only. */
  | { readonly kind: 'previews' }
  | { readonly kind: 'preview-sheet' }
  | { readonly kind: 'captions'; readonly id: number }
  | ({ readonly broadcast: string; readonly rendition: string } & HlsFile)

export interface HlsPath {
  readonly root: HlsRoot
  readonly resource: HlsResource
  /** The viewer token without its `~`, when the path carried one. It is never part of a cache key. */
  readonly token?: string
}

/** Decimal without sign or leading zero, at most 9 digits: safe as a number, one spelling for one object. */
const INDEX = '(0|[1-9]\\d{0,8})'
const FILES: readonly (readonly [RegExp, (...index: number[]) => HlsFile])[] = [
  [/^media\.m3u8$/, () => ({ kind: 'media-playlist' })],
  [new RegExp(`^init\\.${INDEX}\\.mp4$`), (index = 0) => ({ kind: 'init', index })],
  [new RegExp(`^seg\\.${INDEX}\\.m4s$`), (msn = 0) => ({ kind: 'segment', msn })],
  [new RegExp(`^part\\.${INDEX}\\.${INDEX}\\.m4s$`), (msn = 0, part = 0) => ({ kind: 'part', msn, part })],
]
const CAPTION_SEGMENT = new RegExp(`^seg\\.${INDEX}\\.vtt$`)
const CAPTIONS = new RegExp(`^captions\\.${INDEX}\\.vtt$`)

/** @returns `undefined` for anything outside the grammar. Never throws. */
export function parseHlsPath(pathname: string): HlsPath | undefined {
  const steps = pathname.split('/')
  if (steps.length > 7 || steps[0] !== '') return undefined
  const scope = steps[1]
  if (scope !== 'live' && scope !== 'vod') return undefined
  const hasToken = steps[2] !== undefined && TOKEN_PATTERN.test(steps[2])
  const [name, ...rest] = steps.slice(hasToken ? 3 : 2)
  if (name === undefined) return undefined
  const root = parseRoot(scope, name)
  const resource = parseResource(scope, rest)
  if (!root || !resource) return undefined
  return hasToken ? { root, resource, token: (steps[2] ?? '').slice(1) } : { root, resource }
}

function parseRoot(scope: 'live' | 'vod', name: string): HlsRoot | undefined {
  if (scope === 'live') return SLUG_PATTERN.test(name) ? { scope, slug: name } : undefined
  return ULID_PATTERN.test(name) ? { scope, video: name } : undefined
}

function parseResource(scope: 'live' | 'vod', steps: string[]): HlsResource | undefined {
  if (steps.length === 1) {
    if (steps[0] === 'index.m3u8') return { kind: 'multivariant' }
    if (steps[0] === 'still.jpg') return { kind: 'still' }
    const captions = scope === 'vod' ? CAPTIONS.exec(steps[0] ?? '') : null
    if (captions) return { kind: 'captions', id: Number(captions[1]) }
    if (scope === 'vod' && steps[0] === 'previews.vtt') return { kind: 'previews' }
    return scope === 'vod' && steps[0] === 'previews.jpg' ? { kind: 'preview-sheet' } : undefined
  }
  const [broadcast, rendition, name] = steps
  if (steps.length !== 3 || !broadcast || !rendition || !name) return undefined
  if (!ULID_PATTERN.test(broadcast) || !RENDITION_PATTERN.test(rendition)) return undefined
  for (const [pattern, make] of FILES) {
    const match = pattern.exec(name)
    if (match) return { broadcast, rendition, ...make(...match.slice(1).map(Number)) }
  }
  const captions = scope === 'vod' ? CAPTION_SEGMENT.exec(name) : null
  return captions ? { broadcast, rendition, kind: 'caption-segment', index: Number(captions[1]) } : undefined
}

/** The canonical path without a token: what the origin serves and what the edge keys its cache by. */
export function formatHlsPath({ root, resource }: Pick<HlsPath, 'root' | 'resource'>): string {
  const base = root.scope === 'live' ? `/live/${root.slug}` : `/vod/${root.video}`
  if (resource.kind === 'multivariant') return `${base}/index.m3u8`
  if (resource.kind === 'still') return `${base}/still.jpg`
  if (resource.kind === 'previews') return `${base}/previews.vtt`
  if (resource.kind === 'preview-sheet') return `${base}/previews.jpg`
  if (resource.kind === 'captions') return `${base}/captions.${resource.id}.vtt`
  return `${base}/${resource.broadcast}/${resource.rendition}/${formatHlsFile(resource)}`
}

/** The file name alone: what playlists refer to, relative to the media playlist. */
export function formatHlsFile(file: HlsFile): string {
  switch (file.kind) {
    case 'media-playlist':
      return 'media.m3u8'
    case 'init':
      return `init.${file.index}.mp4`
    case 'segment':
      return `seg.${file.msn}.m4s`
    case 'part':
      return `part.${file.msn}.${file.part}.m4s`
    case 'caption-segment':
      return `seg.${file.index}.vtt`
  }
}

export interface DeliveryDirectives {
  readonly msn?: number
  readonly part?: number
  readonly skip?: 'YES' | 'v2'
}

/**
 * Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip` (RFC 8216bis 6.2.5) and ignores every other parameter.
 * @returns `undefined` when one is malformed, given twice, or `_HLS_part` comes without `_HLS_msn`
 */
export function parseDirectives(query: URLSearchParams): DeliveryDirectives | undefined {
  const msn = parseIndex(query, '_HLS_msn')
  const part = parseIndex(query, '_HLS_part')
  const skips = query.getAll('_HLS_skip')
  const skip = skips[0]
  if (msn === 'malformed' || part === 'malformed' || (part !== undefined && msn === undefined))
    return undefined
  if (skips.length > 1 || (skip !== undefined && skip !== 'YES' && skip !== 'v2')) return undefined
  return {
    ...(msn !== undefined && { msn }),
    ...(part !== undefined && { part }),
    ...(skip !== undefined && { skip }),
  }
}

function parseIndex(query: URLSearchParams, name: string): number | undefined | 'malformed' {
  const values = query.getAll(name)
  const [value] = values
  if (value === undefined) return undefined
  return values.length === 1 && /^(?:0|[1-9]\d{0,8})$/.test(value) ? Number(value) : 'malformed'
}

/** Sorted, canonical query of a normalised request, with its `?`, or an empty string. */
export function formatDirectives({ msn, part, skip }: DeliveryDirectives): string {
  const pairs: string[] = []
  if (msn !== undefined) pairs.push(`_HLS_msn=${msn}`)
  if (part !== undefined) pairs.push(`_HLS_part=${part}`)
  if (skip !== undefined) pairs.push(`_HLS_skip=${skip}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}
