/**
 * Where the bytes of uploads arrive. While they do the disk is told to keep them, and a file that is whole is answered
 * once it does: from then on a power failure takes nothing back. A note beside each file says how far that is, because a
 * file that was cut off so may have holes behind it.
 */
import { open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { FileStore } from '@tus/file-store'
import type { Upload } from '@tus/server'
import { Lane } from '../videos/lane.ts'
import { ifThere } from '../videos/read-bytes.ts'

export const NOTE_ENDING = '.synced'
const NOTE_CHARS = 16
const PRIVATE_FILE = 0o600
/** The disk works while more arrives, */
const SYNC_EVERY_BYTES = 8 * 1024 * 1024
/** and what it does not keep up with waits. */
const MAX_UNSYNCED_BYTES = 64 * 1024 * 1024

/** Of one file, in this process. */
interface Arrival {
  end: number
  syncedEnd: number
  syncing: Promise<void> | undefined
  failure: unknown
  /** Of a file that has all its bytes: whether the disk keeps them. */
  isDurable: Promise<boolean> | undefined
}

export class UploadStore extends FileStore {
  readonly #onWhole: (id: string) => void
  /** A disk that hangs takes one thread. */
  readonly #lane = new Lane(1)
  readonly #arrivals = new Map<string, Arrival>()

  /** @param onWhole all of it is there, though the disk may not keep it yet */
  constructor(directory: string, onWhole: (id: string) => void) {
    super({ directory })
    this.#onWhole = onWhole
  }

  /** That it was begun outlasts a power failure, too. */
  override async create(upload: Upload): Promise<Upload> {
    const created = await super.create(upload)
    await this.#note(upload.id, 0, 'w')
    for (const name of [`${upload.id}.json`, '.'])
      await withFile(this.#pathOf(name), 'r', (file) => file.sync())
    return created
  }

  /** @throws what the protocol's server answers with 500: then it is to be sent again from where `getUpload` says */
  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const arrival = await this.#arrivalOf(id)
    if (arrival.failure !== undefined) return this.#takeBack(id, arrival)
    // It is whole, and was asked for once more.
    if (arrival.isDurable) return offset
    const end = await super.write(readable, id, offset)
    arrival.end = end
    const { size } = await this.getUpload(id)
    if (end === size) {
      const synced = this.#syncAll(id, arrival)
      arrival.isDurable = synced.then(() => arrival.failure === undefined)
      this.#onWhole(id)
      await synced
    } else if (end - arrival.syncedEnd >= SYNC_EVERY_BYTES) {
      const syncing = this.#sync(id, arrival)
      if (end - arrival.syncedEnd > MAX_UNSYNCED_BYTES) await syncing
    }
    return arrival.failure === undefined ? end : this.#takeBack(id, arrival)
  }

  /** Whether no power failure takes a whole file back. */
  async isDurable(id: string): Promise<boolean> {
    return (await this.#arrivals.get(id)?.isDurable) ?? true
  }

  /** After a start: what was not noted may have holes. @throws the disk's error */
  async cutUnsynced(id: string): Promise<void> {
    const noted = await this.#noted(id)
    const { offset } = await this.getUpload(id)
    // An older version left no note.
    if (noted !== undefined && noted < offset) await truncate(this.#pathOf(id), noted)
  }

  /** The disk keeps what was answered. Never rejects. */
  async settled(): Promise<void> {
    for (const [id, arrival] of this.#arrivals) await this.#syncAll(id, arrival)
  }

  /** Nothing more of it comes. */
  forget(id: string): void {
    this.#arrivals.delete(id)
  }

  async #arrivalOf(id: string): Promise<Arrival> {
    const known = this.#arrivals.get(id)
    if (known) return known
    const syncedEnd = (await this.#noted(id)) ?? (await this.#begin(id))
    const arrival = {
      end: syncedEnd,
      syncedEnd,
      syncing: undefined,
      failure: undefined,
      isDurable: undefined,
    }
    this.#arrivals.set(id, arrival)
    return arrival
  }

  /** Never rejects. */
  #sync(id: string, arrival: Arrival): Promise<void> {
    arrival.syncing ??= this.#lane
      .run(async () => {
        const { end } = arrival
        await withFile(this.#pathOf(id), 'r+', (file) => file.datasync())
        await this.#note(id, end)
        arrival.syncedEnd = end
      })
      .catch((error: unknown) => {
        arrival.failure = error
      })
      .finally(() => (arrival.syncing = undefined))
    return arrival.syncing
  }

  /** Never rejects. */
  async #syncAll(id: string, arrival: Arrival): Promise<void> {
    while (arrival.failure === undefined && arrival.syncedEnd < arrival.end) await this.#sync(id, arrival)
  }

  /** What the disk lost is sent again. Only while nobody else writes. @throws the disk's error */
  async #takeBack(id: string, { failure, syncedEnd }: Arrival): Promise<never> {
    this.#arrivals.delete(id)
    await truncate(this.#pathOf(id), syncedEnd)
    throw failure
  }

  /** An older version took some of it, and left no note. */
  async #begin(id: string): Promise<number> {
    const { offset } = await this.getUpload(id)
    await withFile(this.#pathOf(id), 'r+', (file) => file.datasync())
    await this.#note(id, offset, 'w')
    return offset
  }

  /** In its place, always as long: it is the old one or the new one. */
  async #note(id: string, end: number, flags: 'w' | 'r+' = 'r+'): Promise<void> {
    await withFile(this.#pathOf(id + NOTE_ENDING), flags, async (file) => {
      await file.write(String(end).padStart(NOTE_CHARS, '0'), 0)
      await file.datasync()
    })
  }

  async #noted(id: string): Promise<number | undefined> {
    const text = await ifThere(() => readFile(this.#pathOf(id + NOTE_ENDING), 'latin1'))
    return text === undefined ? undefined : Number(text) || 0
  }

  #pathOf(fileName: string): string {
    return join(this.directory, fileName)
  }
}

async function withFile(
  path: string,
  flags: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<unknown>,
): Promise<void> {
  const file = await open(path, flags, PRIVATE_FILE)
  try {
    await work(file)
  } finally {
    await file.close()
  }
}
