/**
 * What short opaque keys stand for. Only the edge knows, so its answer is remembered for a moment: an encoder
 * that reconnects does not depend on the edge. Whoever guesses keys is held back by address, before the
 * edge is asked.
 */
import { createHash } from 'node:crypto'
import type { ResolvedKey } from '../../shared/contracts/internal.ts'
import type { EdgeHttp } from './edge-http.ts'

export type KeyResolution =
  | { readonly kind: 'ok'; readonly key: ResolvedKey }
  /** `wrong`: it stands for nothing. */
  | { readonly kind: 'wrong' | 'too_many_attempts' | 'unreachable' }

/** Somebody who types a key on a phone needs a few. */
const MAX_FAILED_ATTEMPTS = 10
const ATTEMPTS_WINDOW_MS = 60_000
const MAX_REMEMBERED = 1000
const MAX_BLOCKS = 10_000
/** Questions to the edge at the same time; a crowd that guesses must not become its crowd. */
const MAX_ASKING = 32

interface Attempts {
  failed: number
  readonly since: number
}

export class ResolvedKeys {
  readonly #edge: Pick<EdgeHttp, 'resolveKey'>
  readonly #rememberMs: number
  readonly #clock: () => number
  /** By hash, so that no key stays in memory. The oldest first. */
  readonly #remembered = new Map<string, { readonly key: ResolvedKey; readonly until: number }>()
  /** By address block, the oldest first. */
  readonly #attempts = new Map<string, Attempts>()
  #asking = 0

  constructor(options: {
    readonly edge: Pick<EdgeHttp, 'resolveKey'>
    readonly rememberMs: number
    readonly clock: () => number
  }) {
    this.#edge = options.edge
    this.#rememberMs = options.rememberMs
    this.#clock = options.clock
  }

  /** @param block the peer's address block */
  async resolve(key: string, block: string): Promise<KeyResolution> {
    const hash = createHash('sha256').update(key).digest('base64')
    const remembered = this.#remembered.get(hash)
    if (remembered !== undefined && this.#clock() < remembered.until)
      return { kind: 'ok', key: remembered.key }
    if (this.#failedFrom(block) >= MAX_FAILED_ATTEMPTS) return { kind: 'too_many_attempts' }
    if (this.#asking >= MAX_ASKING) return { kind: 'unreachable' }
    // Counted before the answer, or many at once would all pass.
    this.#count(block, 1)
    this.#asking += 1
    const answer = await this.#edge.resolveKey(key).finally(() => {
      this.#asking -= 1
    })
    if (answer.kind === 'refused' && answer.status === 404) return { kind: 'wrong' }
    this.#count(block, -1)
    if (answer.kind !== 'ok') return { kind: 'unreachable' }
    this.#remember(hash, answer.value)
    return { kind: 'ok', key: answer.value }
  }

  #remember(hash: string, key: ResolvedKey): void {
    this.#remembered.delete(hash)
    this.#remembered.set(hash, { key, until: this.#clock() + this.#rememberMs })
    dropOldest(this.#remembered, MAX_REMEMBERED)
  }

  #failedFrom(block: string): number {
    const attempts = this.#attempts.get(block)
    if (attempts === undefined) return 0
    if (this.#clock() - attempts.since < ATTEMPTS_WINDOW_MS) return attempts.failed
    this.#attempts.delete(block)
    return 0
  }

  #count(block: string, by: 1 | -1): void {
    const attempts = this.#attempts.get(block)
    if (attempts !== undefined) attempts.failed = Math.max(0, attempts.failed + by)
    else if (by > 0) this.#attempts.set(block, { failed: 1, since: this.#clock() })
    dropOldest(this.#attempts, MAX_BLOCKS)
  }
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= max) return
    map.delete(oldest)
  }
}
