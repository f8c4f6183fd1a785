/**
 * The wall clock as a picture that survives any encoder: 32 bits of Unix time in ms, each a large black or
 * white block, and below them the same bits inverted, so that a misread frame is noticed and not counted.
 */
export const PICTURE = { width: 640, height: 360 }
const COLUMNS = 16
const ROWS_PER_COPY = 2
const BLOCK = 32
const TOP = 16
const LEFT = (PICTURE.width - COLUMNS * BLOCK) / 2
const BLACK = 16
const WHITE = 235
const GREY = 128

const LUMA_BYTES = PICTURE.width * PICTURE.height
/** yuv420p */
export const FRAME_BYTES = (LUMA_BYTES * 3) / 2

/** A background with motion, so that the encoder has honest work to do. */
export function paintClock(frame: Uint8Array, unixMs: number, frameIndex: number): void {
  for (let y = 0; y < PICTURE.height; y++) {
    const row = y * PICTURE.width
    for (let x = 0; x < PICTURE.width; x += 4)
      frame.fill(64 + (((x + frameIndex * 4) ^ (y + frameIndex)) & 0x3f), row + x, row + x + 4)
  }
  frame.fill(GREY, LUMA_BYTES)
  const stamp = unixMs % 2 ** 32
  for (let bit = 0; bit < 32; bit++) {
    const isOne = Math.floor(stamp / 2 ** (31 - bit)) % 2 === 1
    paintBlock(frame, bit, isOne)
    paintBlock(frame, bit + 32, !isOne)
  }
}

function paintBlock(frame: Uint8Array, index: number, isWhite: boolean): void {
  const { x, y } = blockAt(index)
  for (let line = y; line < y + BLOCK; line++)
    frame.fill(isWhite ? WHITE : BLACK, line * PICTURE.width + x, line * PICTURE.width + x + BLOCK)
}

function blockAt(index: number): { x: number; y: number } {
  return { x: LEFT + (index % COLUMNS) * BLOCK, y: TOP + Math.floor(index / COLUMNS) * BLOCK }
}

export interface ReaderPlan {
  readonly pictureWidth: number
  readonly pictureHeight: number
  /** Centres of the 64 blocks. */
  readonly centres: readonly { x: number; y: number }[]
}

export const READER_PLAN: ReaderPlan = {
  pictureWidth: PICTURE.width,
  pictureHeight: PICTURE.height,
  centres: Array.from({ length: COLUMNS * ROWS_PER_COPY * 2 }, (_each, index) => {
    const { x, y } = blockAt(index)
    return { x: x + BLOCK / 2, y: y + BLOCK / 2 }
  }),
}

export interface ClockReading {
  /** Unix ms at which the frame reached the screen. */
  readonly shownAt: number
  /** Unix ms drawn into it; `undefined` when the blocks contradict each other. */
  readonly drawnAt: number | undefined
}

export interface WatchRecord {
  readonly readings: ClockReading[]
  readonly waits: number[]
  /** Unix ms of the navigation. */
  readonly openedAt: number
}

/** Runs inside the page before its own scripts; waits for whatever <video> the page makes. */
export function installClockReader(plan: ReaderPlan): void {
  const record: WatchRecord = { readings: [], waits: [], openedAt: performance.timeOrigin }
  Object.assign(globalThis, { panggungClock: record })
  const canvas = document.createElement('canvas')
  canvas.width = plan.pictureWidth
  canvas.height = plan.pictureHeight
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const seen = new WeakSet<HTMLVideoElement>()

  function read(video: HTMLVideoElement): number | undefined {
    if (!context) return undefined
    context.drawImage(video, 0, 0, plan.pictureWidth, plan.pictureHeight)
    const { data } = context.getImageData(0, 0, plan.pictureWidth, plan.pictureHeight)
    const isWhite = plan.centres.map(({ x, y }) => (data[(y * plan.pictureWidth + x) * 4] ?? 0) > 127)
    let low = 0
    for (let bit = 0; bit < 32; bit++) {
      if (isWhite[bit] === isWhite[bit + 32]) return undefined
      low = low * 2 + (isWhite[bit] === true ? 1 : 0)
    }
    const now = Date.now()
    const drawn = now - (now % 2 ** 32) + low
    return drawn > now + 1000 ? drawn - 2 ** 32 : drawn
  }

  function watch(video: HTMLVideoElement): void {
    seen.add(video)
    video.addEventListener('waiting', () => record.waits.push(Date.now()))
    const onFrame = (_now: number, metadata: VideoFrameCallbackMetadata) => {
      const shownAt = Date.now() + (metadata.expectedDisplayTime - performance.now())
      record.readings.push({ shownAt, drawnAt: read(video) })
      video.requestVideoFrameCallback(onFrame)
    }
    video.requestVideoFrameCallback(onFrame)
  }

  function look(): void {
    for (const video of document.querySelectorAll('video')) if (!seen.has(video)) watch(video)
  }
  // The document element does not exist yet when this runs, the document does.
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}
