/** A small JSON file that survives a crash at any moment: written beside, then renamed. Mode 0600. */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { errorKind, type Log } from '../observe/log.ts'

const PRIVATE_MODE = 0o600

export class PrivateFile {
  readonly #path: string
  readonly #log: Log
  readonly #onFailure: 'keep' | 'remove'
  /** Writes follow one another, so an older state can never replace a newer one. */
  #tail: Promise<void> = Promise.resolve()
  /** The newest that is not on its way yet: a slow disk is given no older one. */
  #waiting: string | undefined

  /** @param options.onFailure what becomes of the older state when a newer one cannot be written */
  constructor(path: string, log: Log, { onFailure = 'keep' }: { onFailure?: 'keep' | 'remove' } = {}) {
    this.#path = path
    this.#log = log
    this.#onFailure = onFailure
  }

  /** @returns `undefined` when there is no such file or it is not JSON */
  async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as unknown
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Nobody waits for it and a full disk is only logged: broadcasts go on. */
  write(content: unknown): void {
    const isAwaited = this.#waiting !== undefined
    this.#waiting = JSON.stringify(content)
    if (isAwaited) return
    this.#tail = this.#tail
      .then(() => this.#replaceByNewest())
      .catch((error: unknown) => {
        this.#log.error('state file not written', { error: errorKind(error) })
        // A full disk still lets go of a file.
        return this.#onFailure === 'remove' ? this.#remove() : undefined
      })
  }

  /** After the writes before it. @returns when it is gone, or logged */
  remove(): Promise<void> {
    this.#waiting = undefined
    this.#tail = this.#tail.then(() => this.#remove())
    return this.#tail
  }

  /** @returns when everything given to `write` is on disk, or logged */
  flush(): Promise<void> {
    return this.#tail
  }

  async #remove(): Promise<void> {
    try {
      await rm(this.#path, { recursive: true, force: true })
      await rm(`${this.#path}.new`, { recursive: true, force: true })
    } catch (error) {
      this.#log.error('state file not removed', { error: errorKind(error) })
    }
  }

  async #replaceByNewest(): Promise<void> {
    const text = this.#waiting
    this.#waiting = undefined
    if (text === undefined) return
    const beside = `${this.#path}.new`
    const file = await open(beside, 'w', PRIVATE_MODE)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, this.#path)
  }
}
