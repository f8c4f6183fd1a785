/** What the system says about the processes of an installation (Linux, proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'
import type { Installation } from './installation.ts'

export interface ProcessIds {
  readonly edge: number
  readonly origin: number
}

/** @throws when the origin is not there, e.g. in the pause before it is started again */
export function processesOf({ server }: Installation): ProcessIds {
  const origin = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => parentOf(pid) === server.pid && scriptOf(pid).endsWith('origin/main.ts'))
  if (origin === undefined) throw new Error('The origin does not run')
  return { edge: server.pid, origin }
}

export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kibibytes === undefined) throw new Error(`Process ${pid} has no memory: it has ended`)
  return Number(kibibytes) * 1024
}

export function openFileCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(pid, 'status'))?.[1])
}

function scriptOf(pid: number): string {
  return read(pid, 'cmdline').replace(/\0$/, '').split('\0').at(-1) ?? ''
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // It ended between the listing and the look.
  }
}
