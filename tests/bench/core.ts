/** The machine's two cores: what is measured has one, what drives it the other. */
import { spawnSync } from 'node:child_process'

export const SERVER_CORE = 1
export const CLIENT_CORE = 0

/** All threads of a running process. */
export function pin(pid: number, core = SERVER_CORE): void {
  const { status, stderr } = spawnSync('taskset', ['-acp', String(core), String(pid)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Cannot pin the server to a core: ${stderr}`)
}
