/** What the edge said last, on disk, for the time when it cannot be asked. */
import { join } from 'node:path'
import * as v from 'valibot'
import { BroadcastLimits, LatencyMode, NO_LIMITS } from '../../shared/contracts/internal.ts'
import { Id, KeyId, Slug } from '../../shared/contracts/fields.ts'
import type { Log } from '../observe/log.ts'
import { PrivateFile } from './private-file.ts'

const KnownChannel = v.object({
  slug: Slug,
  latencyMode: LatencyMode,
  isRecorded: v.optional(v.boolean(), true),
})
export type KnownChannel = v.InferOutput<typeof KnownChannel>

const Known = v.object({
  revokedJtis: v.array(KeyId),
  channels: v.array(v.tuple([Id, KnownChannel])),
  limits: v.optional(v.array(v.tuple([Id, BroadcastLimits])), []),
})

const MAX_CHANNELS = 10_000

export class LastKnown {
  readonly #file: PrivateFile
  #revokedJtis: ReadonlySet<string> = new Set()
  /** The longest unused channel first. */
  readonly #channels = new Map<string, KnownChannel>()
  /** By slug. */
  readonly #owners = new Map<string, string>()
  /** By channel, those that have any. The longest unchanged first. */
  readonly #limits = new Map<string, BroadcastLimits>()

  constructor(dataDir: string, log: Log) {
    this.#file = new PrivateFile(join(dataDir, 'edge-last-known.json'), log)
  }

  async load(): Promise<void> {
    const known = v.safeParse(Known, await this.#file.read())
    if (!known.success) return
    this.#revokedJtis = new Set(known.output.revokedJtis)
    for (const [channelId, channel] of known.output.channels) this.#set(channelId, channel)
    for (const [channelId, limits] of known.output.limits) this.#limits.set(channelId, limits)
  }

  isRevoked(jti: string): boolean {
    return this.#revokedJtis.has(jti)
  }

  channel(channelId: string): KnownChannel | undefined {
    return this.#channels.get(channelId)
  }

  /** The channel that has this slug, as far as the edge has told. */
  ownerOf(slug: string): string | undefined {
    return this.#owners.get(slug)
  }

  limits(channelId: string): BroadcastLimits | undefined {
    return this.#limits.get(channelId)
  }

  rememberLimits(channelId: string, limits: BroadcastLimits): void {
    if (areSame(limits, this.#limits.get(channelId) ?? NO_LIMITS)) return
    this.#limits.delete(channelId)
    if (!areSame(limits, NO_LIMITS)) this.#limits.set(channelId, limits)
    for (const oldest of this.#limits.keys()) {
      if (this.#limits.size <= MAX_CHANNELS) break
      this.#limits.delete(oldest)
    }
    this.#save()
  }

  rememberRevoked(jtis: readonly string[]): void {
    const isSame = jtis.length === this.#revokedJtis.size && jtis.every((jti) => this.#revokedJtis.has(jti))
    if (isSame) return
    this.#revokedJtis = new Set(jtis)
    this.#save()
  }

  rememberChannel(channelId: string, channel: KnownChannel): void {
    const before = this.#channels.get(channelId)
    this.#set(channelId, channel)
    for (const oldest of this.#channels.keys()) {
      if (this.#channels.size <= MAX_CHANNELS) break
      this.#forget(oldest)
    }
    const isSame =
      before?.slug === channel.slug &&
      before.latencyMode === channel.latencyMode &&
      before.isRecorded === channel.isRecorded
    if (!isSame) this.#save()
  }

  flush(): Promise<void> {
    return this.#file.flush()
  }

  #set(channelId: string, channel: KnownChannel): void {
    this.#forget(channelId)
    // A slug has one channel: the one before was given another since.
    const former = this.#owners.get(channel.slug)
    if (former !== undefined) this.#forget(former)
    this.#channels.set(channelId, channel)
    this.#owners.set(channel.slug, channelId)
  }

  #forget(channelId: string): void {
    const channel = this.#channels.get(channelId)
    if (channel === undefined) return
    this.#channels.delete(channelId)
    this.#owners.delete(channel.slug)
  }

  #save(): void {
    this.#file.write({
      revokedJtis: [...this.#revokedJtis],
      channels: [...this.#channels],
      limits: [...this.#limits],
    })
  }
}

function areSame(a: BroadcastLimits, b: BroadcastLimits): boolean {
  return (
    a.maxBitrateBps === b.maxBitrateBps &&
    a.maxResolution === b.maxResolution &&
    a.maxDurationSeconds === b.maxDurationSeconds
  )
}
