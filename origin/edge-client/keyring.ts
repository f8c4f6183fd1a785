/**
 * The edge's public keys, in memory and on disk. A key that is not known makes one fetch, shared by all
 * who wait for it and not repeated within `refetchMs`, so that made-up key ids cannot flood the edge.
 */
import { join } from 'node:path'
import {
  createLocalJWKSet,
  type CryptoKey,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose'
import { type EdgeHttp, readPublicKeys } from './edge-http.ts'
import type { Log } from '../observe/log.ts'
import { PrivateFile } from './private-file.ts'

export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

type LocalKeys = ReturnType<typeof createLocalJWKSet>

export class Keyring {
  readonly #edge: EdgeHttp
  readonly #file: PrivateFile
  readonly #refetchMs: number
  readonly #clock: () => number
  #keys: LocalKeys | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined

  constructor(options: {
    readonly edge: EdgeHttp
    readonly dataDir: string
    readonly refetchMs: number
    readonly clock: () => number
    readonly log: Log
  }) {
    this.#edge = options.edge
    this.#file = new PrivateFile(join(options.dataDir, 'edge-jwks.json'), options.log)
    this.#refetchMs = options.refetchMs
    this.#clock = options.clock
  }

  async load(): Promise<void> {
    const stored = await this.#file.read()
    if (stored === undefined) return
    try {
      this.#keys = createLocalJWKSet(readPublicKeys(stored))
    } catch {
      // A damaged file is the same as none: the edge is asked at the first publish.
    }
  }

  /** @throws KeysUnavailable when there is no key set at all; jose's JWKSNoMatchingKey for an unknown key */
  readonly resolve = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    const known = this.#keys
    if (known !== undefined) {
      try {
        return await known(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      }
    }
    await this.refresh()
    if (this.#keys === undefined) throw new KeysUnavailable('Cannot verify stream key: no public keys yet')
    return await this.#keys(header, token)
  }

  /** Fetches the keys unless that was done within `refetchMs`. */
  async refresh(): Promise<void> {
    if (this.#fetching === undefined) {
      // Without any keys nobody can go on air, so then every publish may ask.
      if (this.#keys !== undefined && this.#clock() - this.#fetchedAt < this.#refetchMs) return
      this.#fetching = this.#fetch().finally(() => {
        this.#fetching = undefined
      })
    }
    await this.#fetching
  }

  flush(): Promise<void> {
    return this.#file.flush()
  }

  async #fetch(): Promise<void> {
    this.#fetchedAt = this.#clock()
    const answer = await this.#edge.jwks()
    if (answer.kind === 'ok') this.#accept(answer.value)
  }

  #accept(keys: JSONWebKeySet): void {
    this.#keys = createLocalJWKSet(keys)
    this.#file.write(keys)
  }
}
