/** What the system says about the processes of an installation (Linux, proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'
import type { Installation } from './installation.ts'

/** USER_HZ, which Linux fixes for what it tells programs. */
const TICKS_PER_SECOND = 100

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
  return memoryOf(pid, 'VmRSS')
}

/** Since it began. */
export function peakResidentBytes(pid: number): number {
  return memoryOf(pid, 'VmHWM')
}

function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]
  if (kibibytes === undefined) throw new Error(`Process ${pid} has no memory: it has ended`)
  return Number(kibibytes) * 1024
}

/** Those of a parent whose command line has the word. */
export function childrenOf(parent: number, word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes(word))
}

/** Both user and system time since the process began, in s; all its threads. */
export function cpuSeconds(pid: number): number {
  // The name in the second field may hold spaces and parentheses; what follows its last one does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
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
