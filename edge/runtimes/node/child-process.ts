/** A child process of a command: restarted with growing pauses when it dies, never left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Log } from '../../ports.ts'
import { printLogLine } from './log.ts'

export interface ChildOptions {
  readonly name: string
  readonly script: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly firstPauseMs?: number
  readonly maxPauseMs?: number
}

/** Ends the child when this process is gone, however it went. */
const EXIT_WITH_PARENT = join(import.meta.dirname, 'exit-with-parent.ts')
/** Alive for this long, the next death starts with the shortest pause again. */
const HEALTHY_MS = 30_000
const KILL_AFTER_MS = 4_000

export class SupervisedChild {
  readonly #options: ChildOptions
  #child: ChildProcess | undefined
  #pauseMs: number
  #restart: NodeJS.Timeout | undefined
  #isStopping = false
  #deaths = 0

  constructor(options: ChildOptions) {
    this.#options = options
    this.#pauseMs = options.firstPauseMs ?? 500
  }

  /** How often it ended without being told to. */
  get deaths(): number {
    return this.#deaths
  }

  start(): void {
    const { name, script, env, log, maxPauseMs = 10_000 } = this.#options
    const startedAt = Date.now()
    const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, script], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Out of the terminal's group: Ctrl-C reaches this process alone, which then ends all in order.
      detached: true,
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', printLogLine)
    child.once('error', (error) => log.error({ cause: error.message }, `${name} cannot be started`))
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return
      this.#deaths++
      if (Date.now() - startedAt > HEALTHY_MS) this.#pauseMs = this.#options.firstPauseMs ?? 500
      log.warn({ code, signal, againInMs: this.#pauseMs }, `${name} has ended and is started again`)
      this.#restart = setTimeout(() => this.start(), this.#pauseMs)
      this.#pauseMs = Math.min(2 * this.#pauseMs, maxPauseMs)
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
    })
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    await ended
    clearTimeout(kill)
  }
}
