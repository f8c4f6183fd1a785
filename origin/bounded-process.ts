/** A program that works on files: bounded in time, in silence, in memory and in what it says. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'

export interface BoundedRun {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly timeoutMs: number
  /** Without a line for this long it hangs. */
  readonly silenceMs: number
  readonly maxMemoryBytes: number
  /** How often its memory is looked at. */
  readonly checkMs: number
  readonly signal: AbortSignal
  /** Each line of its standard output. */
  readonly onLine: (line: string) => void
  /** Of a program that Node runs; that of this process comes first. */
  readonly compileCache?: string
}

export type RunEnding = 'done' | 'failed' | 'took_too_long' | 'too_much' | 'stopped'

/** Lines are a few dozen bytes; a program that says more is not one of ours. */
const MAX_SAID_BYTES = 16 * 1024 * 1024

/** Never rejects, and when it resolves the process is gone. */
export function runBounded(run: BoundedRun): Promise<RunEnding> {
  const { command, args, cwd, timeoutMs, silenceMs, checkMs, signal } = run
  if (signal.aborted) return Promise.resolve('stopped')
  return new Promise((resolve) => {
    // Nothing else of the environment: settings and secrets are none of its business.
    const { PATH, NODE_COMPILE_CACHE = run.compileCache } = process.env
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) },
    })
    let ending: RunEnding | undefined
    let saidBytes = 0
    let heardAt = Date.now()
    const startedAt = heardAt
    const end = (why: RunEnding): void => {
      ending ??= why
      child.kill('SIGKILL')
    }
    const stop = (): void => end('stopped')
    signal.addEventListener('abort', stop, { once: true })
    yieldToOthers(child)
    const watch = setInterval(() => {
      const now = Date.now()
      if (now - startedAt > timeoutMs || now - heardAt > silenceMs) return end('took_too_long')
      void residentBytes(child).then((bytes) => bytes > run.maxMemoryBytes && end('too_much'))
    }, checkMs)
    child.stdout.on('data', (bytes: Buffer) => {
      heardAt = Date.now()
      saidBytes += bytes.length
      if (saidBytes > MAX_SAID_BYTES) end('too_much')
    })
    createInterface({ input: child.stdout }).on('line', run.onLine)
    child.once('error', () => {
      ending ??= 'failed'
    })
    child.once('close', (exitCode) => {
      clearInterval(watch)
      signal.removeEventListener('abort', stop)
      resolve(ending ?? (exitCode === 0 ? 'done' : 'failed'))
    })
  })
}

/** Whoever is on air comes first. */
function yieldToOthers({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It is gone already, or this system does not allow it.
  }
}

/** 0 where the system does not say. */
async function residentBytes({ pid }: ChildProcess): Promise<number> {
  if (pid === undefined || process.platform !== 'linux') return 0
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
