/** One ffmpeg process that makes smaller pictures of a source: CMAF in, frames out, one list for each picture size. */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { Readable } from 'node:stream'
import { FlvDemuxer, type FlvTag } from '../ingest/flv.ts'
import { FIRST_OUTPUT_FD, type EncodedVideo, type Encoder, ladderArguments } from './encoder.ts'
import { FlvReader } from './flv-reader.ts'

/** A picture as it came out of the encoder, in the broadcast's own time. */
export interface EncodedFrame {
  readonly ptsMs: number
  readonly isKey: boolean
  /** Length-prefixed NAL units. */
  readonly data: Uint8Array
}

/** `missing`: there is no such program. `died`: it went away by itself. `ended`: it was told to. */
export type EncodingEnd =
  | { readonly kind: 'missing' | 'died' | 'ended' }
  /** It wrote what is no FLV, and was killed. */
  | { readonly kind: 'unreadable'; readonly output: number }

export interface EncodingOptions {
  readonly ffmpegPath: string
  readonly encoder: Encoder
  readonly outputs: readonly EncodedVideo[]
  /** The broadcast's time of the first picture: FLV stamps have 31 bits only. */
  readonly firstMs: () => number
  /** How long the rest may take after `end`. */
  readonly drainMs: number
  readonly onConfig: (output: number, record: Uint8Array) => void
  readonly onFrame: (output: number, frame: EncodedFrame) => void
  /** Called once, when nothing more can come. */
  readonly onEnd: (end: EncodingEnd) => void
}

export interface Encoding {
  /** Bytes that wait in this process for ffmpeg to take them. */
  readonly waitingBytes: number
  write(cmaf: Uint8Array): void
  /** No more input: what is inside still comes out. */
  end(): void
  kill(): void
}

/** Never throws: whatever goes wrong is told by `onEnd`. The process ends when stdin closes, however we end. */
export function startEncoding(options: EncodingOptions): Encoding {
  const { outputs, encoder, ffmpegPath } = options
  let isTold = false
  let isMissing = false
  let unreadable: number | undefined
  let drainTimer: NodeJS.Timeout | undefined
  let child: ChildProcess
  try {
    child = spawn(ffmpegPath, ladderArguments(encoder, outputs), {
      stdio: ['pipe', 'ignore', 'ignore', ...outputs.map(() => 'pipe' as const)],
    })
  } catch {
    queueMicrotask(() => options.onEnd({ kind: 'missing' }))
    return { waitingBytes: 0, write() {}, end() {}, kill() {} }
  }
  yieldTheProcessor(child.pid)
  const { stdin } = child
  child.once('error', () => {
    isMissing = child.pid === undefined
  })
  child.once('close', () => {
    clearTimeout(drainTimer)
    if (unreadable !== undefined) options.onEnd({ kind: 'unreadable', output: unreadable })
    else options.onEnd({ kind: isMissing ? 'missing' : isTold ? 'ended' : 'died' })
  })
  // A broken pipe is how a dead process shows; `close` tells it.
  stdin?.on('error', () => {})
  for (const index of outputs.keys()) {
    const pipe = child.stdio[FIRST_OUTPUT_FD + index] as Readable
    const reader = new FlvReader(frameReader(index, options))
    pipe.on('error', () => {})
    pipe.on('data', (bytes: Buffer) => {
      try {
        reader.write(bytes)
      } catch {
        unreadable ??= index
        child.kill('SIGKILL')
      }
    })
  }
  return {
    get waitingBytes() {
      return stdin?.writableLength ?? 0
    },
    write(cmaf) {
      if (!isTold && stdin?.writable) stdin.write(cmaf)
    },
    end() {
      if (isTold) return
      isTold = true
      stdin?.end()
      drainTimer = setTimeout(() => child.kill('SIGKILL'), options.drainMs)
    },
    kill() {
      isTold = true
      child.kill('SIGKILL')
    },
  }
}

function frameReader(output: number, { firstMs, onConfig, onFrame }: EncodingOptions) {
  const demuxer = new FlvDemuxer()
  let lastMs: number | undefined
  return (tag: FlvTag) => {
    const messages = demuxer.read(tag)
    if (messages === 'unsupported_media') return
    for (const message of messages) {
      if (message.type === 'video-config') onConfig(output, message.config)
      if (message.type !== 'video') continue
      lastMs ??= firstMs()
      // The nearest moment to the last one that these 31 bits can mean.
      lastMs += ((tag.timestamp - lastMs) << 1) >> 1
      onFrame(output, { ptsMs: lastMs + message.compositionMs, isKey: message.isKey, data: message.data })
    }
  }
}

/** The source must never wait for a smaller picture of itself. */
function yieldTheProcessor(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Gone already, or not allowed here.
  }
}
