/** Files that wait for their turn: one is sent after the other, as far as the channel has room for them. */
import { type NewUpload, type Upload, UPLOADS_PER_CHANNEL } from '../../../shared/contracts/uploads.ts'
import { ApiProblem } from '../../lib/api.ts'
import { isSameFile, newUploadOf } from './chosen-file.ts'

export interface Queued {
  readonly key: number
  /** Of the channel's uploads in the studio's API. */
  readonly path: string
  readonly file: File
  /** `no_room`: the server works on others first. `failed`: somebody has to say that it is tried again. */
  readonly state: 'waiting' | 'beginning' | 'no_room' | 'failed'
  readonly problem?: unknown
}

export interface QueueDeps {
  readonly list: (path: string) => Promise<readonly Upload[]>
  readonly create: (path: string, upload: NewUpload) => Promise<Upload>
  /** Resolves when it has begun. */
  readonly send: (path: string, id: string, file: File) => Promise<void>
  /** This page sends something already. */
  readonly isSending: () => boolean
  /** This page has it, whether it is sent or paused. */
  readonly isKnown: (id: string) => boolean
  readonly later: (run: () => void, delayMs: number) => void
  readonly onChange: () => void
}

export interface UploadQueue {
  readonly add: (path: string, files: readonly File[]) => void
  readonly items: () => readonly Queued[]
  /** Not one that is beginning: then it is an upload, and is given up as one. */
  readonly remove: (key: number) => void
  readonly retry: (key: number) => void
  /** Something was sent, paused or given up: the next one may begin. */
  readonly next: () => void
}

/** Between two looks whether the server has room again, and two tries while it is away. */
const LOOK_MS = 5_000

export function createUploadQueue(deps: QueueDeps): UploadQueue {
  let items: readonly Queued[] = []
  let lastKey = 0
  let isAwaited = false
  let openAtRefusal = 0

  const set = (changed: readonly Queued[]): void => {
    items = changed
    deps.onChange()
  }
  const put = (key: number, change: (item: Queued) => Queued): void =>
    set(items.map((item) => (item.key === key ? change(item) : item)))
  const lookLater = (): void => {
    if (isAwaited) return
    isAwaited = true
    deps.later(() => {
      isAwaited = false
      next()
    }, LOOK_MS)
  }

  function next(): void {
    if (isAwaited || deps.isSending() || items.some(({ state }) => state === 'beginning')) return
    const item = items.find(({ state }) => state !== 'failed')
    if (item) void begin(item)
  }

  async function begin(item: Queued): Promise<void> {
    const { key } = item
    put(key, ({ problem: _problem, ...before }) => ({ ...before, state: 'beginning' }))
    try {
      await send(item)
      set(items.filter((other) => other.key !== key))
    } catch (problem) {
      const after = stateAfter(problem)
      put(key, (before) => ({ ...before, ...after }))
      if (after.state !== 'failed') lookLater()
    }
    next()
  }

  async function send({ path, file, state }: Queued): Promise<void> {
    const asked = newUploadOf(file)
    const rows = await deps.list(path)
    const unfinished = rows.find(
      (row) => row.state === 'uploading' && isSameFile(row, asked) && !deps.isKnown(row.id),
    )
    const open = rows.filter((row) => row.state !== 'refused').length
    // Each try counts against the channel: only when one of those that were in the way has gone.
    if (!unfinished && state === 'no_room' && open >= openAtRefusal)
      throw new ApiProblem('too_many_uploads', { status: 409 })
    openAtRefusal = Math.max(open, UPLOADS_PER_CHANNEL)
    const { id } = unfinished ?? (await deps.create(path, asked))
    await deps.send(path, id, file)
  }

  return {
    add: (path, files) => {
      set([...items, ...files.map((file) => ({ key: ++lastKey, path, file, state: 'waiting' as const }))])
      next()
    },
    items: () => items,
    remove: (key) => set(items.filter((item) => item.key !== key || item.state === 'beginning')),
    retry: (key) => {
      put(key, ({ problem: _problem, ...item }) => ({ ...item, state: 'waiting' }))
      next()
    },
    next,
  }
}

function stateAfter(problem: unknown): Pick<Queued, 'state' | 'problem'> {
  if (!(problem instanceof ApiProblem)) return { state: 'failed', problem }
  if (problem.code === 'too_many_uploads') return { state: 'no_room' }
  const { code, status } = problem
  // The line comes back, and so does whoever signs in in another tab.
  const isPassing = code === 'network' || status === 401 || (status >= 500 && status !== 507)
  return { state: isPassing ? 'waiting' : 'failed', problem }
}
