/** Captions of a video as its players ask for them: whole, or as a rendition that keeps in step with the media. */
import { type Cue, cutCues, writeVtt, type Span } from '../../shared/captions/cues.ts'
import { cacheControl, cachePolicy } from '../../shared/cache-policy.ts'
import type { HlsResource } from '../../shared/hls-path.ts'
import { parseHlsPath } from '../../shared/hls-path.ts'
import { contentTypeOf, SOURCE_RENDITION } from '../../shared/vod/resource.ts'
import { startMsOf } from '../../shared/vod/start-time.ts'
import { captionIdOf, type Stretch, stretchesOf, writeSubtitlePlaylist } from '../../shared/vod/subtitles.ts'
import type { CachedAnswer, Database } from '../ports.ts'
import { findCues, hasCaptions } from '../videos/rules.ts'
import type { VideoPath } from './vod.ts'

export interface CaptionSources {
  readonly database: Database
  readonly nowMs: () => number
  /** Another address of the same video, as the same viewer sees it. */
  readonly ask: (resource: HlsResource) => Promise<CachedAnswer>
  /** What is left of the video; null: all of it. */
  readonly cut: Span | null
}

/** Whether an address is one of captions. */
export function isOfCaptions({ resource }: VideoPath): boolean {
  if (resource.kind === 'captions' || resource.kind === 'caption-segment') return true
  return resource.kind === 'media-playlist' && captionIdOf(resource.rendition) !== undefined
}

/** @returns `undefined` for what is not there */
export async function captionAnswer(
  { root, resource }: VideoPath,
  sources: CaptionSources,
): Promise<CachedAnswer | undefined> {
  const { database, cut } = sources
  const id =
    resource.kind === 'captions' ? resource.id : 'rendition' in resource && captionIdOf(resource.rendition)
  if (!id || ('broadcast' in resource && resource.broadcast !== root.video)) return undefined
  if (resource.kind === 'captions') {
    const cues = await cuesOf(id)
    return cues && answerOf(resource, writeVtt(cues), sources)
  }
  if (!(await hasCaptions(database, root.video, id))) return undefined
  const source = { broadcast: root.video, rendition: SOURCE_RENDITION } as const
  const playlist = await sources.ask({ ...source, kind: 'media-playlist' })
  const stretches = stretchesOf(new TextDecoder().decode(playlist.body))
  if (resource.kind === 'media-playlist') return answerOf(resource, writeSubtitlePlaylist(stretches), sources)
  // Before a megabyte of cues is read: numbers are invented easily.
  const stretch = resource.kind === 'caption-segment' ? stretches[resource.index] : undefined
  const cues = stretch && (await cuesOf(id))
  if (!cues) return undefined
  const shown = cues.filter((cue) => cue.endMs > stretch.startMs && cue.startMs < stretch.endMs)
  const map = { localMs: stretch.startMs, mediaMs: await mediaStartOf(stretch) }
  return answerOf(resource, writeVtt(shown, map), sources)

  async function cuesOf(caption: number): Promise<readonly Cue[] | undefined> {
    const all = await findCues(database, root.video, caption)
    return all && cut ? cutCues(all, cut) : all
  }

  /** Read from the media itself: every video has it, also those of before. */
  async function mediaStartOf({ init, segment }: Stretch): Promise<number> {
    const ask = async (name: string): Promise<CachedAnswer | undefined> => {
      const found = parseHlsPath(`/vod/${root.video}/${root.video}/${SOURCE_RENDITION}/${name}`)?.resource
      return found && sources.ask(found)
    }
    const [head, first] = await Promise.all([ask(init), ask(segment)])
    return head && first ? startMsOf(head.body, first.body) : 0
  }
}

function answerOf(resource: HlsResource, text: string, { nowMs }: CaptionSources): CachedAnswer {
  const { kind } = resource
  const policy = cachePolicy({
    scope: 'vod',
    kind,
    status: 200,
    targetDurationSeconds: 1,
    isBlocking: false,
    isEnded: true,
  })
  const storedAt = nowMs()
  return {
    status: 200,
    contentType: contentTypeOf(kind),
    body: new Uint8Array(new TextEncoder().encode(text)),
    cacheControl: cacheControl(policy),
    storedAt,
    expiresAt: policy.store ? storedAt + policy.maxAgeSeconds * 1000 : storedAt,
    ageAtStore: 0,
  }
}
