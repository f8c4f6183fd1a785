/** Videos from object storage: an edge reads the manifest, and of the one media file the bytes that are asked for. */
import { cachePolicy } from '../../shared/cache-policy.ts'
import type { HlsPath } from '../../shared/hls-path.ts'
import { type Manifest, parseManifest } from '../../shared/vod/manifest.ts'
import {
  cacheControlOf,
  contentTypeOf,
  MANIFEST_FILE,
  MEDIA_FILE,
  resourceOf,
  storageKey,
  type VideoResource,
} from '../../shared/vod/resource.ts'
import type { CachedAnswer, Clock, VideoBucket } from '../ports.ts'

/** Of a broadcast of days. */
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024
/** A segment of ten seconds at 20 Mb/s. */
const MAX_MEDIA_BYTES = 32 * 1024 * 1024
const MAX_MANIFESTS = 32
/** As long as playlists are kept: the video may be cut shorter. */
const MANIFEST_FRESH_MS = 60_000

/** @returns `undefined` for what is not there  @throws the storage's or the network's error */
export type StoredVideos = (path: HlsPath, signal: AbortSignal) => Promise<CachedAnswer | undefined>

/** No promise is shared: on Workers the requests of one isolate must not wait for each other. */
export function storedVideos(bucket: VideoBucket, clock: Pick<Clock, 'now'>): StoredVideos {
  const manifests = new Map<string, { readonly manifest: Manifest; readonly freshUntil: number }>()

  return async (path, signal) => {
    const { root, resource } = path
    if (root.scope !== 'vod') return undefined
    const manifest = await manifestOf(root.video, signal)
    const video = manifest && { ...manifest, isGrowing: false }
    const place = video && resourceOf(video, path)
    const body = place && (await bytesOf(root.video, place, signal))
    if (!body) return undefined
    const storedAt = clock.now()
    const policy = cachePolicy({
      scope: 'vod',
      kind: resource.kind,
      status: 200,
      targetDurationSeconds: video.targetDurationSeconds,
      isBlocking: false,
      isEnded: true,
    })
    return {
      status: 200,
      contentType: contentTypeOf(resource.kind),
      body,
      cacheControl: cacheControlOf(video, resource.kind),
      storedAt,
      expiresAt: policy.store ? storedAt + policy.maxAgeSeconds * 1000 : storedAt,
      ageAtStore: 0,
    }
  }

  async function manifestOf(videoId: string, signal: AbortSignal): Promise<Manifest | undefined> {
    const known = manifests.get(videoId)
    if (known && clock.now() < known.freshUntil) return known.manifest
    const key = storageKey(videoId, MANIFEST_FILE)
    const bytes = await bucket.get(key, { maxBytes: MAX_MANIFEST_BYTES, signal })
    if (!bytes) return undefined
    const manifest = parseManifest(new TextDecoder().decode(bytes))
    manifests.delete(videoId)
    manifests.set(videoId, { manifest, freshUntil: clock.now() + MANIFEST_FRESH_MS })
    const [oldest] = manifests.keys()
    if (manifests.size > MAX_MANIFESTS && oldest !== undefined) manifests.delete(oldest)
    return manifest
  }

  async function bytesOf(
    videoId: string,
    place: VideoResource,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    switch (place.from) {
      case 'text':
        return new Uint8Array(new TextEncoder().encode(place.text))
      case 'media': {
        const { offset, sizeBytes } = place
        if (sizeBytes > MAX_MEDIA_BYTES) return undefined
        return bucket.getRange(storageKey(videoId, MEDIA_FILE), { offset, sizeBytes }, signal)
      }
      case 'file':
        return bucket.get(storageKey(videoId, place.fileName), { maxBytes: place.maxBytes, signal })
    }
  }
}
