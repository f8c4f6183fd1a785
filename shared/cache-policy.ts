/**
 * One table of what may be cached for how long, for origin and edge alike
 * (RFC 8216bis appendix B; the numbers are in `maxAgeSeconds` below).
 */
import type { HlsResource } from './hls-path.ts'

export type CachePolicy =
  | { readonly store: false }
  | { readonly store: true; readonly maxAgeSeconds: number; readonly immutable: boolean }

export interface CacheSubject {
  /** Left out: live. */
  readonly scope?: 'live' | 'vod'
  readonly kind: HlsResource['kind']
  readonly status: number
  readonly targetDurationSeconds: number
  /** The request carried `_HLS_msn`, so its answer can never change. */
  readonly isBlocking: boolean
  /** The playlist carries EXT-X-ENDLIST and will never change. */
  readonly isEnded: boolean
}

const NEVER: CachePolicy = { store: false }
/** Half of how often it is made anew. */
const STILL_SECONDS = 5
/** Of a finished video: it may still be cut shorter, or deleted. */
const FINISHED_SECONDS = 60
const VIDEO_STILL_SECONDS = 600
/** Broadcast ids are unique for ever, so a day is as safe as a year and frees shared caches sooner. */
const IMMUTABLE_SECONDS = 86_400

export function cachePolicy({
  scope = 'live',
  kind,
  status,
  targetDurationSeconds,
  isBlocking,
  isEnded,
}: CacheSubject): CachePolicy {
  // 404 of a name inside the grammar is about the past (left the window) or the future (not yet made).
  // Both would poison the live edge when kept, so only the origin's explicit 410 for the past is kept.
  if (status === 410) return { store: true, maxAgeSeconds: targetDurationSeconds, immutable: false }
  if (status !== 200) return NEVER
  if (scope === 'vod' && isEnded) {
    if (kind === 'multivariant' || kind === 'media-playlist')
      return { store: true, maxAgeSeconds: FINISHED_SECONDS, immutable: false }
    if (isPicture(kind)) return { store: true, maxAgeSeconds: VIDEO_STILL_SECONDS, immutable: false }
  }
  switch (kind) {
    case 'init':
    case 'segment':
    case 'part':
      return { store: true, maxAgeSeconds: IMMUTABLE_SECONDS, immutable: true }
    case 'still':
    case 'previews':
    case 'preview-sheet':
      return { store: true, maxAgeSeconds: STILL_SECONDS, immutable: false }
    // They are cut with their video.
    case 'captions':
    case 'caption-segment':
      return { store: true, maxAgeSeconds: FINISHED_SECONDS, immutable: false }
    case 'multivariant':
      return { store: true, maxAgeSeconds: 1, immutable: false }
    case 'media-playlist':
      if (isBlocking) return { store: true, maxAgeSeconds: 6 * targetDurationSeconds, immutable: false }
      if (isEnded) return { store: true, maxAgeSeconds: 6 * targetDurationSeconds, immutable: false }
      return {
        store: true,
        maxAgeSeconds: Math.max(1, Math.floor(targetDurationSeconds / 2)),
        immutable: false,
      }
  }
}

function isPicture(kind: HlsResource['kind']): boolean {
  return kind === 'still' || kind === 'previews' || kind === 'preview-sheet'
}

export function cacheControl(policy: CachePolicy): string {
  if (!policy.store) return 'no-store'
  return `public, max-age=${policy.maxAgeSeconds}${policy.immutable ? ', immutable' : ''}`
}
