/** Child processes of tests: started with a mark, ended by id, and nothing with the mark may be left over. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { eventually, within } from './eventually.ts'
import { ROOT } from './source-files.ts'

const MARK = 'PANGGUNG_TEST_PROCESS'
const KEPT_LINES = 2000

export interface StartOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export class TestProcess {
  readonly pid: number
  readonly #name: string
  readonly #child: ChildProcess
  readonly #mark: string
  readonly #lines: string[] = []
  #unfinished = ''

  constructor({ name, command, args, env = {}, cwd = ROOT }: StartOptions) {
    this.#name = name
    this.#mark = `${process.pid}-${crypto.randomUUID()}`
    this.#child = spawn(command, args, {
      cwd,
      env: { ...inherited(), ...env, [MARK]: this.#mark },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.pid = this.#child.pid ?? -1
    this.#child.on('error', (error) => this.#take(`${error.message}\n`))
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#take(text))
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid < 0
  }

  get exitCode(): number | null {
    return this.#child.exitCode
  }

  /** Both streams, the newest lines only. */
  get output(): string {
    return [...this.#lines, this.#unfinished].join('\n')
  }

  /** @returns the first match over everything printed so far and from now on */
  async sees(pattern: RegExp, deadlineMs = 30_000): Promise<RegExpExecArray> {
    const ask = () => {
      const match = pattern.exec(this.output)
      if (match) return match
      if (this.hasEnded) throw new Error(`${this.#name} has ended`)
      return undefined
    }
    try {
      return await eventually(`${this.#name} prints ${pattern.source}`, ask, { deadlineMs })
    } catch (cause) {
      throw new Error(`${this.#name} never printed ${pattern.source}:\n${this.output}`, { cause })
    }
  }

  async ends(deadlineMs = 15_000): Promise<number | null> {
    if (!this.hasEnded) await within(`${this.#name} ends`, deadlineMs, once(this.#child, 'exit'))
    return this.#child.exitCode
  }

  /** @throws when it does not end by itself, or leaves a process behind */
  async stop(signal: NodeJS.Signals = 'SIGTERM', deadlineMs = 15_000): Promise<void> {
    if (!this.hasEnded) this.#child.kill(signal)
    try {
      await this.ends(deadlineMs)
    } catch (cause) {
      this.kill()
      throw new Error(`${this.#name} did not end after ${signal}:\n${this.output}`, { cause })
    }
    try {
      // A child may need a moment after its parent is gone.
      await eventually(`${this.#name} leaves nothing behind`, () => this.#family().length === 0, {
        deadlineMs: 5000,
      })
    } catch (cause) {
      const left = this.#family().map((pid) => `${pid} ${commandLine(pid)}`)
      this.kill()
      throw new Error(`${this.#name} left processes behind:\n${left.join('\n')}`, { cause })
    }
  }

  /** For a crash on purpose, and so that a failed test leaves nothing running. */
  kill(): void {
    for (const pid of this.#family()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended between the look and the kill, which is what was wanted.
      }
    }
  }

  /** Every process that inherited the mark, also one whose parent is already gone. */
  #family(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readProc(pid, 'environ').includes(`${MARK}=${this.#mark}`))
      .filter((pid) => !/^State:\s+Z/m.test(readProc(pid, 'status')))
      .map(Number)
  }

  #take(text: string): void {
    const lines = (this.#unfinished + text).split('\n')
    this.#unfinished = lines.pop() ?? ''
    this.#lines.push(...lines)
    if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, this.#lines.length - KEPT_LINES)
  }
}

function commandLine(pid: number): string {
  return readProc(String(pid), 'cmdline').replaceAll('\0', ' ')
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // The process has just ended.
  }
}

/** What vitest sets for its workers (NODE_OPTIONS, VITEST, ...) must not change how the product behaves. */
function inherited(): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'TMPDIR',
    'SSL_CERT_FILE',
    'NODE_EXTRA_CA_CERTS',
    'NODE_COMPILE_CACHE',
  ]
  const entries = kept.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(entries), TZ: 'UTC' }
}
