/** One file for each broadcast on air, for the day this process is killed. Removed when the broadcast ends. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { PrivateFile } from '../edge-client/private-file.ts'
import { type Log, name } from '../observe/log.ts'
import { SavedBroadcast } from './saved-broadcast.ts'

const PRIVATE_MODE = 0o700
const EXTENSION = '.json'
/** Far more than one origin carries; what lies beyond is not read at a start. */
const MAX_FILES = 1000

export class SavedBroadcasts {
  readonly #folder: string
  readonly #originId: string
  readonly #clock: () => number
  readonly #log: Log
  readonly #files = new Map<string, PrivateFile>()
  readonly #closing = new Set<Promise<void>>()

  constructor(options: {
    readonly dataDir: string
    readonly originId: string
    readonly clock: () => number
    readonly log: Log
  }) {
    this.#folder = join(options.dataDir, 'broadcasts')
    this.#originId = options.originId
    this.#clock = options.clock
    this.#log = options.log
  }

  /**
   * Reads what an earlier process left. What cannot be read or was written by another origin is removed:
   * its broadcast cannot be continued here.
   * @throws when the folder cannot be made or read
   */
  async load(): Promise<readonly SavedBroadcast[]> {
    await mkdir(this.#folder, { recursive: true, mode: PRIVATE_MODE })
    const saved: SavedBroadcast[] = []
    for (const fileName of (await readdir(this.#folder)).toSorted().slice(0, MAX_FILES)) {
      const broadcastId = idOf(fileName)
      // Half-written ones of a killed process go; files that are not ours stay untouched.
      if (broadcastId === undefined) {
        if (idOf(fileName.replace(/\.new$/, '')) !== undefined)
          await rm(join(this.#folder, fileName), { recursive: true, force: true })
        continue
      }
      const file = this.#file(broadcastId)
      const read = v.safeParse(SavedBroadcast, await file.read().catch(() => undefined))
      if (read.success && this.#isOurs(broadcastId, read.output)) saved.push(read.output)
      else {
        this.#log.warn('saved broadcast cannot be continued', { broadcast: name(broadcastId) })
        this.remove(broadcastId)
      }
    }
    return saved
  }

  /** Nobody waits for it: the broadcast goes on whatever the disk does. */
  save(broadcast: Omit<SavedBroadcast, 'originId' | 'savedAt'>): void {
    const saved: SavedBroadcast = { ...broadcast, originId: this.#originId, savedAt: this.#clock() }
    this.#file(broadcast.broadcastId).write(saved)
  }

  remove(broadcastId: string): void {
    const removed = this.#file(broadcastId).remove()
    this.#files.delete(broadcastId)
    this.#closing.add(removed)
    void removed.finally(() => this.#closing.delete(removed))
  }

  /** @returns when everything so far is on disk, or logged */
  async flush(): Promise<void> {
    await Promise.all([...this.#closing, ...[...this.#files.values()].map((file) => file.flush())])
  }

  #file(broadcastId: string): PrivateFile {
    const known = this.#files.get(broadcastId)
    if (known) return known
    // Without the newest reservation an old one would hand out numbers twice.
    const path = join(this.#folder, broadcastId + EXTENSION)
    const file = new PrivateFile(path, this.#log, { onFailure: 'remove' })
    this.#files.set(broadcastId, file)
    return file
  }

  #isOurs(broadcastId: string, saved: SavedBroadcast): boolean {
    return saved.broadcastId === broadcastId && saved.originId === this.#originId
  }
}

function idOf(fileName: string): string | undefined {
  if (!fileName.endsWith(EXTENSION)) return undefined
  const id = fileName.slice(0, -EXTENSION.length)
  return ULID_PATTERN.test(id) ? id : undefined
}
