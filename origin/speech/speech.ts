/**
 * Speech for alerts, as an audio file: OBS does not capture a browser's own voices. Made by espeak-ng, or by a
 * service over HTTP when one is configured; where there is neither, nothing is spoken and alerts go on.
 */
import type { Voice } from '../../shared/speech.ts'
import type { SpeechRequest, SpokenAudio } from './audio.ts'
import { speakByEspeak } from './espeak.ts'
import { speakByService } from './service.ts'

export interface SpeechOptions {
  /** A path, or a name to look for in PATH. */
  readonly espeakPath: string
  readonly service?: { readonly url: string; readonly token?: string }
  readonly timeoutMs?: number
}

/** @returns `undefined` when nothing can be made; never rejects */
export type Speak = (voice: Voice, text: string) => Promise<SpokenAudio | undefined>

const TIMEOUT_MS = 5_000
/** Waiting for their turn; whoever comes later is silent. */
const MAX_WAITING = 16
/** The same words are asked for again by a second overlay and by a replay. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024

export function createSpeech({ espeakPath, service, timeoutMs = TIMEOUT_MS }: SpeechOptions): Speak {
  const kept = new Map<string, Promise<SpokenAudio | undefined>>()
  let keptBytes = 0
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()

  const make = (request: SpeechRequest): Promise<SpokenAudio | undefined> =>
    service ? speakByService(service, request) : speakByEspeak(espeakPath, request)

  /** One at a time: a burst of donations must not take the processor from the broadcast. */
  function inTurn(request: SpeechRequest): Promise<SpokenAudio | undefined> {
    waiting += 1
    const made = turn.then(() => make(request)).catch(() => undefined)
    turn = made.finally(() => (waiting -= 1))
    return made
  }

  return async (voice, text) => {
    const key = `${voice} ${text}`
    const known = kept.get(key)
    if (known) return known
    if (waiting >= MAX_WAITING) return undefined
    const making = inTurn({ voice, text, timeoutMs })
    kept.set(key, making)
    const audio = await making
    // What failed is tried again by the next who asks.
    if (!audio) kept.delete(key)
    keptBytes += audio?.bytes.length ?? 0
    for (const [oldest, each] of kept) {
      if (keptBytes <= MAX_KEPT_BYTES || each === making) break
      kept.delete(oldest)
      keptBytes -= (await each)?.bytes.length ?? 0
    }
    return audio
  }
}
