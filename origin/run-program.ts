/** A program that makes one thing of what it is given: bytes in, bytes out, within a time and a size. */
import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'

export interface ProgramRun {
  readonly command: string
  readonly args: readonly string[]
  readonly input: readonly (Uint8Array | string)[]
  readonly timeoutMs: number
  /** A program that says more is ended. */
  readonly maxOutputBytes: number
  /** Everything else comes first. */
  readonly isBackground?: boolean
}

/** @returns `undefined` when it cannot be started, fails, takes too long or says nothing or too much */
export function runProgram(run: ProgramRun): Promise<Buffer | undefined> {
  const { command, args, input, timeoutMs, maxOutputBytes, isBackground = false } = run
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    if (isBackground && child.pid !== undefined) lowerPriority(child.pid)
    const chunks: Buffer[] = []
    let sizeBytes = 0
    child.stdout.on('data', (bytes: Buffer) => {
      sizeBytes += bytes.length
      if (sizeBytes > maxOutputBytes) child.kill('SIGKILL')
      else chunks.push(bytes)
    })
    child.once('error', () => resolve(undefined))
    child.once('close', (exitCode) =>
      resolve(exitCode === 0 && sizeBytes > 0 ? Buffer.concat(chunks) : undefined),
    )
    // It may end before it has read everything.
    child.stdin.on('error', () => {})
    for (const each of input) child.stdin.write(each)
    child.stdin.end()
  })
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended already, or may not be touched: it runs as everything does.
  }
}
