/** The frames that wait for their part to be cut. Bounded, whatever an encoder sends. */
import type { Sample } from './track.ts'

/** Far above any real part; only stamps that stand still get there. What comes on top is dropped. */
const MAX_SAMPLES = 1024
const MAX_BYTES = 16 * 1024 * 1024

export class HeldSamples {
  #video: Sample[] = []
  #audio: Sample[] = []
  #bytes = 0

  get lastVideo(): Sample | undefined {
    return this.#video.at(-1)
  }

  get lastAudio(): Sample | undefined {
    return this.#audio.at(-1)
  }

  get firstVideo(): Sample | undefined {
    return this.#video[0]
  }

  hasRoomFor({ length }: Uint8Array): boolean {
    return this.#video.length + this.#audio.length < MAX_SAMPLES && this.#bytes + length <= MAX_BYTES
  }

  add(track: 'video' | 'audio', sample: Sample): void {
    if (track === 'video') this.#video.push(sample)
    else this.#audio.push(sample)
    this.#bytes += sample.data.length
  }

  /** Takes out what begins before the boundary, given in ticks of each track. `undefined`: there is nothing. */
  takeBefore(boundary: { readonly video: number; readonly audio: number }) {
    const [video, laterVideo] = splitBefore(this.#video, boundary.video)
    const [audio, laterAudio] = splitBefore(this.#audio, boundary.audio)
    if (video.length === 0 && audio.length === 0) return undefined
    this.#video = laterVideo
    this.#audio = laterAudio
    this.#bytes = sumBytes(laterVideo) + sumBytes(laterAudio)
    return { video, audio }
  }

  forgetAudio(): void {
    this.#audio = []
    this.#bytes = sumBytes(this.#video)
  }

  clear(): void {
    this.#video = []
    this.#audio = []
    this.#bytes = 0
  }
}

function splitBefore(samples: Sample[], boundary: number): [Sample[], Sample[]] {
  const index = samples.findIndex((sample) => sample.decodeTime >= boundary)
  return index < 0 ? [samples, []] : [samples.slice(0, index), samples.slice(index)]
}

function sumBytes(samples: readonly Sample[]): number {
  return samples.reduce((sum, { data }) => sum + data.length, 0)
}
