/**
 * One publisher's FLV tags, as they came, for those who want exactly that: monitors and other servers. Whoever
 * joins gets what configures a decoder and then everything from a key frame on: from the next one, or from the
 * last one when others are there already. Nothing is kept for nobody. Payloads are shared.
 */
import { type Demuxed, type FlvTag, TAG_AUDIO, TAG_SCRIPT, TAG_SCRIPT_AMF3, TAG_VIDEO } from './flv.ts'

/** `key`: a decoder can begin here. */
export type TagKind = 'metadata' | 'video-config' | 'audio-config' | 'key' | 'frame'

export interface TagReceiver {
  /** Must not throw. The tag's type is audio, video or script; metadata is `onMetaData` alone. */
  write(tag: FlvTag, kind: TagKind): void
  /** The publisher is gone. */
  end(): void
}

/** Longer groups of pictures are not kept: whoever joins waits for the next key frame instead. */
const MAX_KEPT_BYTES = 3 * 1024 * 1024
const SET_DATA_FRAME = Buffer.concat([Buffer.from([2, 0, 13]), Buffer.from('@setDataFrame')])

export class TagRelay {
  readonly #receivers = new Map<TagReceiver, { hasBegun: boolean }>()
  readonly #start = new Map<TagKind, FlvTag>()
  /** Since the last key frame; `undefined` when there was none, or too much since, or nobody is there. */
  #kept: { readonly tag: FlvTag; readonly kind: TagKind }[] | undefined
  #keptBytes = 0
  #lastTimestamp = 0
  #isClosed = false

  get receivers(): number {
    return this.#receivers.size
  }

  add(receiver: TagReceiver): void {
    if (this.#isClosed) return receiver.end()
    const kept = this.#kept
    this.#receivers.set(receiver, { hasBegun: kept !== undefined })
    const timestamp = kept?.[0]?.tag.timestamp ?? this.#lastTimestamp
    for (const [kind, tag] of this.#start) receiver.write({ ...tag, timestamp }, kind)
    for (const { tag, kind } of kept ?? []) receiver.write(tag, kind)
  }

  remove(receiver: TagReceiver): void {
    this.#receivers.delete(receiver)
    if (this.#receivers.size === 0) this.#kept = undefined
  }

  /** @param media what the tag was read as */
  write(tag: FlvTag, media: Exclude<Demuxed, string>): void {
    const plain = withoutWrapping(tag)
    const kind = kindOf(plain, media)
    if (kind === undefined) return
    this.#lastTimestamp = plain.timestamp
    this.#keep(plain, kind)
    for (const [receiver, state] of this.#receivers) {
      const canBegin = kind === 'key' || (kind === 'frame' && !this.#start.has('video-config'))
      state.hasBegun ||= canBegin
      if (state.hasBegun || kind !== 'frame') receiver.write(plain, kind)
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#kept = undefined
    const receivers = [...this.#receivers.keys()]
    this.#receivers.clear()
    for (const receiver of receivers) receiver.end()
  }

  #keep(tag: FlvTag, kind: TagKind): void {
    if (kind === 'key') {
      this.#kept = this.#receivers.size > 0 ? [] : undefined
      this.#keptBytes = 0
    } else if (kind !== 'frame') {
      const before = this.#start.get(kind)
      this.#start.set(kind, tag)
      // What follows belongs to another configuration.
      const isAnother = before !== undefined && Buffer.compare(before.payload, tag.payload) !== 0
      if (isAnother && kind !== 'metadata') this.#kept = undefined
      return
    }
    if (this.#kept === undefined) return
    this.#keptBytes += tag.payload.length
    if (this.#keptBytes > MAX_KEPT_BYTES) this.#kept = undefined
    else this.#kept.push({ tag, kind })
  }
}

/** Publishers wrap `onMetaData` in a command to the server, and some in an AMF3 message (a zero byte first). */
function withoutWrapping(tag: FlvTag): FlvTag {
  if (tag.type !== TAG_SCRIPT && tag.type !== TAG_SCRIPT_AMF3) return tag
  const values = tag.type === TAG_SCRIPT_AMF3 ? tag.payload.subarray(1) : tag.payload
  const isWrapped = SET_DATA_FRAME.equals(values.subarray(0, SET_DATA_FRAME.length))
  const payload = isWrapped ? values.subarray(SET_DATA_FRAME.length) : values
  return { type: TAG_SCRIPT, timestamp: tag.timestamp, payload }
}

/** As a publisher sends metadata. */
export function wrapMetadata(payload: Uint8Array): Uint8Array {
  return Buffer.concat([SET_DATA_FRAME, payload])
}

function kindOf({ type, payload }: FlvTag, media: Exclude<Demuxed, string>): TagKind | undefined {
  if (payload.length === 0) return undefined
  if (type === TAG_SCRIPT) return media.some((each) => each.type === 'metadata') ? 'metadata' : undefined
  if (type !== TAG_AUDIO && type !== TAG_VIDEO) return undefined
  if (media.some((each) => each.type === 'video' && each.isKey)) return 'key'
  const [first, second] = media
  // A configuration that was made up for a frame without one (Opus) is not in the tag.
  const isConfig = first?.type === 'video-config' || first?.type === 'audio-config'
  return isConfig && second === undefined ? first.type : 'frame'
}
