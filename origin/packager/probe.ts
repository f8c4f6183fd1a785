/**
 * Holds the first messages of a broadcast back until it is clear which tracks there are and how long
 * parts will be. Bounded in media time and bytes, so that a missing track delays the start only a little.
 */
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import type { AudioUnit, MediaMessage, VideoUnit } from '../media/access-unit.ts'
import { parseAudioConfig } from '../media/audio-config.ts'
import { parseVideoConfig } from '../media/video-config.ts'
import { choosePartTarget, type PartTarget } from './part-target.ts'
import type { Tracks } from './track.ts'

const MAX_SPAN_MS = 1000
const MAX_BYTES = 8 * 1024 * 1024
/** About what a message costs besides its content: a flood of empty ones is bounded too. */
const MESSAGE_BYTES = 256
/** Eleven intervals tell a rate from jitter, and are over in less than half a second at 30 fps. */
const ENOUGH_FRAMES = 12

export interface ProbeResult {
  readonly tracks: Tracks
  readonly partTarget: PartTarget
  readonly messages: readonly MediaMessage[]
}

export class Probe {
  readonly #mode: LatencyMode
  readonly #messages: (VideoUnit | AudioUnit)[] = []
  readonly #videoStamps: number[] = []
  readonly #audioStamps: number[] = []
  #expectsVideo = true
  #expectsAudio = true
  #bytes = 0
  #firstMs: number | undefined
  #lastMs = 0
  #tracks: Tracks = {}
  /** The message that `tracks.video` was read from. */
  #videoConfig: MediaMessage | undefined

  constructor(mode: LatencyMode) {
    this.#mode = mode
  }

  /** @returns the result once the start is decided */
  add(message: MediaMessage): ProbeResult | undefined {
    switch (message.type) {
      case 'metadata':
        this.#expectsVideo = 'videocodecid' in message.values
        this.#expectsAudio = 'audiocodecid' in message.values
        return undefined
      case 'video-config': {
        const video = parseVideoConfig(message.codec, message.config)
        if (video) {
          this.#tracks = { ...this.#tracks, video }
          this.#videoConfig = message
        }
        return undefined
      }
      case 'audio-config': {
        const audio = parseAudioConfig(message.codec, message.config)
        if (audio) this.#tracks = { ...this.#tracks, audio }
        return undefined
      }
      case 'video':
        if (this.#videoStamps.length > 0 || message.isKey) this.#videoStamps.push(message.dtsMs)
        break
      case 'audio':
        this.#audioStamps.push(message.dtsMs)
        break
    }
    this.#messages.push(message)
    this.#bytes += message.data.length + MESSAGE_BYTES
    this.#firstMs ??= message.dtsMs
    this.#lastMs = Math.max(this.#lastMs, message.dtsMs)
    if (this.#isDecided()) return this.#result()
    if (this.#isOver()) this.#forget()
    return undefined
  }

  #isDecided(): boolean {
    const { video, audio } = this.#tracks
    const isOver = this.#isOver()
    if (video && this.#videoStamps.length > 0) {
      const isComplete = audio !== undefined || !this.#expectsAudio
      return isOver || (isComplete && this.#videoStamps.length >= ENOUGH_FRAMES)
    }
    return audio !== undefined && this.#audioStamps.length > 1 && (isOver || !this.#expectsVideo)
  }

  #isOver(): boolean {
    return this.#bytes > MAX_BYTES || this.#lastMs - (this.#firstMs ?? 0) >= MAX_SPAN_MS
  }

  /** Nothing of this could ever be played: without a configuration there is no track. */
  #forget(): void {
    this.#messages.length = 0
    this.#videoStamps.length = 0
    this.#audioStamps.length = 0
    this.#bytes = 0
    this.#firstMs = undefined
    this.#lastMs = 0
  }

  #result(): ProbeResult {
    const hasVideo = this.#tracks.video !== undefined && this.#videoStamps.length > 0
    const { audio } = this.#tracks
    const audioOnly: Tracks = audio ? { audio } : {}
    // A picture that comes later finds its configuration announced already.
    const announced = this.#videoConfig && !hasVideo ? [this.#videoConfig] : []
    return {
      tracks: hasVideo ? this.#tracks : audioOnly,
      partTarget: hasVideo
        ? choosePartTarget(this.#videoStamps, this.#mode)
        : choosePartTarget(audioGrid(audio), this.#mode),
      messages: [...announced, ...inStep(this.#messages)],
    }
  }
}

/** Of audio and video that arrive apart, each frame comes before the later ones of the other track. */
function inStep(held: readonly (VideoUnit | AudioUnit)[]): MediaMessage[] {
  const audio = held.filter(({ type }) => type === 'audio')
  const merged: MediaMessage[] = []
  let next = 0
  for (const unit of held) {
    if (unit.type === 'audio') continue
    for (let sound = audio[next]; sound && sound.dtsMs < unit.dtsMs; sound = audio[++next]) merged.push(sound)
    merged.push(unit)
  }
  return merged.concat(audio.slice(next))
}

/** Audio frames have an exact length, so their grid needs no measuring. */
function audioGrid(audio: Tracks['audio']): readonly number[] {
  return [0, ((audio?.frameSamples ?? 0) * 1000) / (audio?.sampleRate ?? 1)]
}
