/** One installation for all conformance tests, with every kind of stream on air, and the two doors to it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Pace } from '../../origin/rtmp-client/publish-flv.ts'
import { type Fixture, goOnAir, type OnAir } from '../support/broadcast.ts'
import { type Installation, startPanggung } from '../support/installation.ts'
import type { Track } from './isobmff.ts'
import { readLive, type LiveReading, type RequestHeaders } from './live-reader.ts'
import { playlistsOfBestStretch, STRETCH_PARTS, STRETCH_PLAYLISTS } from './part-stretch.ts'

export interface Door {
  readonly name: 'edge' | 'origin'
  readonly url: string
  readonly headers: RequestHeaders
}

export interface Case {
  readonly fixture: Fixture
  readonly latencyMode: 'ultra' | 'low'
  /** In s. */
  readonly partTarget: { readonly least: number; readonly most: number }
  readonly kinds: readonly Track['kind'][]
}

export interface Recording extends Case {
  /** What was read and through which door. */
  readonly name: string
  readonly reading: LiveReading
}

export interface HeldStream extends OnAir {
  /** Lets the media run on to this moment, counted from its start; resolves when it is sent. */
  runTo(mediaSeconds: number): Promise<void>
}

export interface Stage {
  readonly installation: Installation
  readonly doors: readonly [edge: Door, origin: Door]
  readonly recordings: readonly Recording[]
  stop(): Promise<void>
}

/** Long enough that delta updates are offered with the default target duration of 4 s. */
export const WINDOW_SECONDS = 60
const HOLD_MS = 3000
/** A reader that the machine kept waiting reads on, until some stretch of parts came one by one. */
const MAX_PARTS = 4 * STRETCH_PARTS
/** Broadcasts in real time: on a busy machine all at once would be late for reasons of its own. */
const AT_ONCE = 4

const BOTH = ['audio', 'video'] as const
const ULTRA = { least: 0.15, most: 0.25 }
const LOW = { least: 0.28, most: 0.4 }
const IRREGULAR = { least: 0.45, most: 0.55 }
const CASES: readonly Case[] = [
  { fixture: 'fps-24', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'fps-25', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'fps-29.97', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'fps-60', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  // With B-frames, as OBS sends them.
  { fixture: 'obs-30', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'vfr', latencyMode: 'low', partTarget: IRREGULAR, kinds: BOTH },
  { fixture: 'vfr-10', latencyMode: 'low', partTarget: IRREGULAR, kinds: BOTH },
  { fixture: 'hevc-aac', latencyMode: 'ultra', partTarget: ULTRA, kinds: BOTH },
  { fixture: 'av1-opus', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'gop-250', latencyMode: 'low', partTarget: LOW, kinds: BOTH },
  { fixture: 'audio-only', latencyMode: 'low', partTarget: { least: 0.28, most: 0.55 }, kinds: ['audio'] },
  { fixture: 'video-only', latencyMode: 'ultra', partTarget: ULTRA, kinds: ['video'] },
]

export async function setStage(): Promise<Stage> {
  const installation = await startPanggung({
    env: {
      HLS_WINDOW_SECONDS: String(WINDOW_SECONDS),
      HLS_HOLD_MS: String(HOLD_MS),
      // Hours of media in seconds.
      RTMP_MESSAGES_PER_SECOND: '1000000',
      // Streams are held still for as long as a test looks at them.
      RTMP_SILENCE_MS: '120000',
    },
  })
  const doors = [
    { name: 'edge', url: installation.url, headers: {} },
    { name: 'origin', url: installation.originUrl, headers: await originHeaders(installation) },
  ] as const
  try {
    // All lanes take from the same list.
    const waiting = CASES.values()
    const lane = async (): Promise<Recording[]> => {
      const recordings: Recording[] = []
      for (const each of waiting) recordings.push(...(await record(installation, doors, each)))
      return recordings
    }
    const lanes = await Promise.all(Array.from({ length: AT_ONCE }, lane))
    return { installation, doors, recordings: lanes.flat(), stop: () => installation.stop() }
  } catch (error) {
    await installation.stop()
    throw error
  }
}

async function record(
  installation: Installation,
  doors: readonly Door[],
  each: Case,
): Promise<readonly Recording[]> {
  const onAir = await goOnAir(installation, each)
  try {
    return await Promise.all(
      doors.map(async (door) => ({
        ...each,
        name: `${each.fixture} at the ${door.name}`,
        reading: await readLive(door.url + onAir.playlist, MAX_PARTS, {
          headers: door.headers,
          isEnough: (parts) => playlistsOfBestStretch(parts) >= STRETCH_PLAYLISTS,
        }),
      })),
    )
  } finally {
    await onAir.stop()
  }
}

/** A stream that stands still unless it is told to run on, so that "at once" and "not before" need no clock. */
export async function goOnAirHeld(
  installation: Installation,
  options: { fixture: Fixture; latencyMode: 'ultra' | 'low' | 'normal'; mediaSeconds: number },
): Promise<HeldStream> {
  const gate = new MediaGate(options.mediaSeconds)
  const onAir = await goOnAir(installation, { ...options, pace: gate.pace })
  await gate.reached
  return { ...onAir, runTo: (mediaSeconds) => gate.open(mediaSeconds) }
}

/** As fast as the socket takes it up to a moment of the media, and no further. */
class MediaGate {
  #untilMs: number
  #reached = Promise.withResolvers<void>()
  #opened = Promise.withResolvers<void>()

  constructor(mediaSeconds: number) {
    this.#untilMs = mediaSeconds * 1000
  }

  get reached(): Promise<void> {
    return this.#reached.promise
  }

  open(mediaSeconds: number): Promise<void> {
    this.#untilMs = mediaSeconds * 1000
    this.#reached = Promise.withResolvers()
    this.#opened.resolve()
    this.#opened = Promise.withResolvers()
    return this.#reached.promise
  }

  readonly pace: Pace = async (mediaMs, signal) => {
    await new Promise((resolve) => setImmediate(resolve))
    const onAbort = () => this.#opened.resolve()
    signal.addEventListener('abort', onAbort)
    while (mediaMs > this.#untilMs && !signal.aborted) {
      this.#reached.resolve()
      await this.#opened.promise
    }
    signal.removeEventListener('abort', onAbort)
  }
}

/** The origin answers edges only: this is the credential that this installation's edge shows it. */
async function originHeaders({ dataDir }: Installation): Promise<RequestHeaders> {
  const text = await readFile(join(dataDir, 'secrets.json'), 'utf8')
  const { originSecret } = v.parse(v.object({ originSecret: v.string() }), JSON.parse(text))
  return { authorization: `Bearer ${originSecret}` }
}
