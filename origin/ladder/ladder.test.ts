/** The real ffmpeg, behind a real segmenter. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readFileSync } from 'node:fs'
import { FlvDemuxer } from '../ingest/flv.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { LiveWindow } from '../packager/window.ts'
import { Segmenter } from '../packager/segmenter.ts'
import type { SegmenterSink } from '../packager/segmenter-sink.ts'
import { readFlvTags } from '../rtmp-client/flv-file.ts'
import { chooseEncoder } from './encoder-choice.ts'
import { SOFTWARE_ENCODER } from './encoder.ts'
import { Ladder, type LadderSettings } from './ladder.ts'

const WAIT = { timeout: 60_000, interval: 20 }
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

function fixture(name: string): MediaMessage[] {
  const demuxer = new FlvDemuxer()
  return readFlvTags(readFileSync(new URL(`../../tests/fixtures/${name}.flv`, import.meta.url))).flatMap(
    (tag) => {
      const messages = demuxer.read(tag)
      return messages === 'unsupported_media' ? [] : messages
    },
  )
}

interface Rig {
  readonly source: LiveWindow
  readonly ladder: Ladder
  readonly segmenter: Segmenter
  /** What the encoder sends, without end: stamps that began anew would be a new period of the broadcast. */
  readonly messages: Iterator<MediaMessage, never>
  /** The newest window of each name. */
  readonly windows: Map<string, LiveWindow>
  readonly log: string[]
  readonly failures: string[]
}

function rig(settings: Partial<Omit<LadderSettings, 'onFailure'>> = {}): Rig {
  const log: string[] = []
  const failures: string[] = []
  const windows = new Map<string, LiveWindow>()
  const makeWindow = (from?: { msn: number; discontinuitySequence: number }) =>
    new LiveWindow({ windowSeconds: 36_000, onAdvance: () => {}, ...(from && { resume: from }) })
  const ladder = new Ladder({
    rungs: ['240p', '144p', 'audio'],
    ffmpegPath: 'ffmpeg',
    encoder: () => SOFTWARE_ENCODER,
    // Being slow is one test's matter; here a busy machine may take its time.
    maxBehindMs: 600_000,
    restartMs: 1,
    now: Date.now,
    open: (name, msn, discontinuitySequence) => {
      log.push(`open ${name} ${msn}`)
      const window = makeWindow({ msn, discontinuitySequence })
      windows.set(name, window)
      return window
    },
    withdraw: (name) => {
      log.push(`withdraw ${name}`)
      windows.delete(name)
    },
    onFailure: ({ kind, renditions }) => failures.push(`${kind} ${renditions.join(' ')}`),
    ...settings,
  })
  const source = makeWindow()
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: tee(source, ladder) })
  return { source, ladder, segmenter, messages: endless(fixture('obs-30')), windows, log, failures }
}

function tee(...sinks: SegmenterSink[]): SegmenterSink {
  return {
    onStart: (...told) => sinks.forEach((sink) => sink.onStart(...told)),
    onInit: (...told) => sinks.forEach((sink) => sink.onInit(...told)),
    onSegment: (...told) => sinks.forEach((sink) => sink.onSegment(...told)),
    onPart: (...told) => sinks.forEach((sink) => sink.onPart(...told)),
    onSegmentEnd: () => sinks.forEach((sink) => sink.onSegmentEnd()),
    onGap: (...told) => sinks.forEach((sink) => sink.onGap(...told)),
  }
}

function cuts(window: LiveWindow | undefined) {
  return window?.listed.map(
    ({ msn, programDateTimeMs, isDiscontinuity, isIndependent, durationSeconds, parts }) => ({
      msn,
      programDateTimeMs,
      isDiscontinuity,
      isIndependent,
      durationSeconds,
      parts: parts.map((part) => `${part.durationSeconds} ${part.isIndependent}`),
    }),
  )
}

function shift(messages: readonly MediaMessage[], byMs: number): MediaMessage[] {
  return messages.map((message) =>
    'dtsMs' in message ? { ...message, dtsMs: message.dtsMs + byMs } : message,
  )
}

test.each(['obs-30', 'fps-29.97', 'fps-60', 'vfr', 'gop-250'])(
  'renditions of %s are cut exactly where the source is',
  { timeout: 60_000 },
  async (name) => {
    const { source, ladder, segmenter, windows } = rig({ rungs: ['144p', 'audio'] })
    // Far beyond the 31 bits of FLV.
    for (const message of shift(fixture(name), 5e9)) segmenter.write(message, 0)
    segmenter.finish()
    await ladder.close()
    expect(source.listed.length).toBeGreaterThan(2)
    expect(cuts(windows.get('144p'))).toEqual(cuts(source))
    expect(windows.get('144p')?.tracks?.video).toMatchObject({ width: 256, height: 144 })
    expect(windows.get('audio')?.tracks?.video).toBeUndefined()
    const withoutKeys = (text: string) => JSON.parse(text.replaceAll('false', 'true')) as unknown
    expect(withoutKeys(JSON.stringify(cuts(windows.get('audio'))))).toEqual(
      withoutKeys(JSON.stringify(cuts(source))),
    )
  },
)

/** Of 20 messages, in the fixture. */
const BATCH_MS = 270
const FAST_BATCHES = 60

function* endless(messages: readonly MediaMessage[]): Generator<MediaMessage, never> {
  for (let round = 0; ; round++) yield* shift(messages, round * 8000)
}

/** Goes on publishing until the condition holds: fast at first, then in real time, so that no slow ffmpeg is buried. */
async function publishUntil({ segmenter, messages }: Rig, isEnough: () => boolean): Promise<void> {
  const deadline = Date.now() + WAIT.timeout
  for (let batch = 0; !isEnough(); batch++) {
    if (Date.now() > deadline) throw new Error('The condition did not come true')
    for (let count = 0; count < 20; count++) segmenter.write(messages.next().value, 0)
    await new Promise((resolve) => setTimeout(resolve, batch < FAST_BATCHES ? 20 : BATCH_MS))
  }
}

/** A program that stands in for ffmpeg. */
async function script(body: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ladder-'))
  folders.push(folder)
  const path = join(folder, 'ffmpeg')
  await writeFile(path, `#!/bin/sh\necho $$ >> ${folder}/pids\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

function pidsOf(path: string): number[] {
  return readFileSync(join(path, '..', 'pids'), 'utf8')
    .trim()
    .split('\n')
    .map(Number)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('without ffmpeg there are the source and its sound, and the streamer is told', async () => {
  const it = rig({ ffmpegPath: '/nowhere/ffmpeg' })
  await publishUntil(it, () => it.ladder.hints.length > 0 && it.source.listed.length > 3)
  expect(it.ladder.hints).toEqual(['ladder_missing'])
  expect(it.failures[0]).toBe('missing 240p 144p')
  expect([...it.windows.keys()]).toEqual(['audio'])
  await it.ladder.close()
})

test(
  'a killed ffmpeg is started again; its renditions go and come back, aligned',
  { timeout: 180_000 },
  async () => {
    const ffmpegPath = await script('exec ffmpeg "$@"')
    const it = rig({ ffmpegPath, rungs: ['144p'] })
    await publishUntil(it, () => (it.windows.get('144p')?.listed.length ?? 0) > 1)
    for (const pid of pidsOf(ffmpegPath)) process.kill(pid, 'SIGKILL')
    await publishUntil(it, () => it.log.includes('withdraw 144p'))
    expect(it.ladder.hints).toEqual(['ladder_failed'])
    expect(it.failures).toContain('died 144p')
    await publishUntil(it, () => it.log.filter((line) => line.startsWith('open')).length > 1)
    await publishUntil(it, () => (it.windows.get('144p')?.listed.length ?? 0) > 2)
    it.segmenter.finish()
    await it.ladder.close()
    const again = cuts(it.windows.get('144p')) ?? []
    expect(again[0]?.msn).toBeGreaterThan(1)
    expect(again).toEqual(cuts(it.source)?.filter(({ msn }) => msn >= (again[0]?.msn ?? 0)))
    // Names of init segments are never used twice.
    expect(it.windows.get('144p')?.newestInit).toBe(again[0]?.msn)
    expect(pidsOf(ffmpegPath).filter(isRunning)).toEqual([])
  },
)

test('an ffmpeg that hangs is given up', { timeout: 180_000 }, async () => {
  const ffmpegPath = await script('exec cat > /dev/null')
  const it = rig({ ffmpegPath, rungs: ['144p'], maxBehindMs: 100, restartMs: 60_000 })
  await publishUntil(it, () => it.ladder.hints.length > 0)
  expect(it.ladder.hints).toEqual(['ladder_failed'])
  expect(it.failures).toEqual(['hung 144p'])
  expect(it.windows.size).toBe(0)
  await vi.waitFor(() => expect(pidsOf(ffmpegPath).filter(isRunning)).toEqual([]), WAIT)
})

test('an ffmpeg that is too slow loses its largest picture', { timeout: 180_000 }, async () => {
  const ffmpegPath = await script('exec ffmpeg -readrate 0.5 "$@"')
  const it = rig({ ffmpegPath, rungs: ['240p', '144p'], maxBehindMs: 1500 })
  await publishUntil(it, () => it.ladder.hints.includes('ladder_slow'))
  expect(it.ladder.hints).toEqual(['ladder_slow'])
  expect(it.failures).toEqual(['slow 240p'])
  expect(it.log.slice(-2)).toEqual(['withdraw 240p', 'withdraw 144p'])
  await it.ladder.close()
})

test('a program that writes nonsense is a failure like any other', { timeout: 180_000 }, async () => {
  const it = rig({
    ffmpegPath: await script('echo nonsense nonsense >&3; exec cat > /dev/null'),
    restartMs: 60_000,
  })
  await publishUntil(it, () => it.ladder.hints.length > 0)
  expect(it.ladder.hints).toEqual(['ladder_failed'])
  expect(it.failures).toEqual(['unreadable 240p'])
})

test('what comes after a lost connection goes on in the same renditions', { timeout: 180_000 }, async () => {
  const it = rig({ rungs: ['144p'] })
  for (const message of fixture('obs-30')) it.segmenter.write(message, 0)
  it.segmenter.discontinue(8000)
  it.ladder.flush()
  await vi.waitFor(() => expect(cuts(it.windows.get('144p'))).toEqual(cuts(it.source)), WAIT)
  it.segmenter.fillGap(20_000)
  for (const message of shift(fixture('obs-30'), 123_456)) it.segmenter.write(message, 20_000)
  it.segmenter.finish()
  await it.ladder.close()
  expect(cuts(it.windows.get('144p'))).toEqual(cuts(it.source))
  expect(it.windows.get('144p')?.listed.map(({ isGap }) => isGap)).toEqual(
    it.source.listed.map(({ isGap }) => isGap),
  )
  expect(it.source.listed.some(({ isGap }) => isGap)).toBe(true)
  expect(it.log).toEqual(['open 144p 0'])
})

test('the trial finds an encoder that makes pictures here', { timeout: 60_000 }, async () => {
  expect(['libx264', 'h264_nvenc', 'h264_qsv', 'h264_vaapi', 'h264_v4l2m2m']).toContain(
    (await chooseEncoder('ffmpeg')).name,
  )
})
