/**
 * A Docker engine for these tests: the one that runs, or one of our own when this machine allows it (root, Debian).
 * Ours keeps its images in a cache folder, so that a second run is fast, and ends with the run.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { findExecutable } from '../setup.ts'

export interface Engine {
  /** For DOCKER_HOST; `undefined`: the usual one. */
  readonly host: string | undefined
  /** Started by us, so that it may be ended. */
  readonly isOwn: boolean
}

export class NoEngine extends Error {
  override readonly name = 'NoEngine'
}

const FOLDER = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'panggung-docker')
const OWN_HOST = `unix://${FOLDER}/docker.sock`
const PACKAGES = ['docker.io', 'docker-compose', 'iptables', 'debootstrap', 'caddy']
const UP_WITHIN_MS = 60_000

/** @throws NoEngine with the reason in one line */
export async function findEngine(): Promise<Engine> {
  const host = process.env['DOCKER_HOST']
  if (findExecutable('docker') !== undefined && answers(host)) return { host, isOwn: false }
  if (process.getuid?.() !== 0) throw new NoEngine('no engine answers, and only root can start one')
  installWhatIsMissing()
  await startOwnEngine()
  return { host: OWN_HOST, isOwn: true }
}

function answers(host: string | undefined): boolean {
  const env = { ...process.env, ...(host !== undefined && { DOCKER_HOST: host }) }
  const asked = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { env, encoding: 'utf8' })
  return asked.status === 0 && asked.stdout.trim() !== ''
}

function installWhatIsMissing(): void {
  const isThere = ['dockerd', 'docker', 'docker-compose', 'iptables', 'debootstrap', 'caddy'].every(
    (name) => findExecutable(name) !== undefined,
  )
  if (isThere) return
  if (findExecutable('apt-get') === undefined) throw new NoEngine('no engine, and no apt-get to install one')
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES],
  ]) {
    // RUNLEVEL=1 keeps the packages from starting their services.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    const done = spawnSync('apt-get', args, { env, encoding: 'utf8' })
    if (done.status !== 0) throw new NoEngine(`apt-get ${args[0]} failed`)
  }
}

/** Started again it finds its containers, as after a power cut. */
export async function startOwnEngine(): Promise<void> {
  if (answers(OWN_HOST)) return
  mkdirSync(FOLDER, { recursive: true })
  const logFile = join(FOLDER, 'dockerd.log')
  const output = openSync(logFile, 'w')
  // What a power cut leaves; the numbers in it belong to nobody or to somebody else now.
  for (const file of ['docker.pid', 'exec/containerd/containerd.pid'])
    rmSync(join(FOLDER, file), { force: true })
  const daemon = spawn(
    'dockerd',
    `-H ${OWN_HOST} --data-root ${FOLDER}/data --exec-root ${FOLDER}/exec --pidfile ${FOLDER}/docker.pid`.split(
      ' ',
    ),
    { stdio: ['ignore', output, output], detached: true },
  )
  daemon.unref()
  try {
    const isUp = () => daemon.exitCode !== null || answers(OWN_HOST)
    await eventually('dockerd answers', isUp, { deadlineMs: UP_WITHIN_MS, pollMs: 200 })
  } catch {
    daemon.kill('SIGKILL')
  }
  if (!answers(OWN_HOST)) throw new NoEngine(`dockerd does not run here: ${lastErrorOf(logFile)}`)
}

export async function stopOwnEngine(): Promise<void> {
  const pid = ownDaemonPid()
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  await eventually('dockerd ends', () => !isAlive(pid), { deadlineMs: UP_WITHIN_MS })
}

/** Daemon, shims and all containers end at one stroke, without a word to anybody. */
export async function cutPower(containerPids: readonly number[]): Promise<void> {
  const daemon = ownDaemonPid()
  const ours = processes().filter(
    ({ pid, parent, command }) =>
      pid === daemon || parent === daemon || (/containerd/.test(command) && command.includes(FOLDER)),
  )
  const pids = [...new Set([...ours.map(({ pid }) => pid), ...containerPids])]
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  await eventually('all of it has ended', () => !pids.some(isAlive))
}

function ownDaemonPid(): number | undefined {
  try {
    const pid = Number(readFileSync(join(FOLDER, 'docker.pid'), 'utf8'))
    return isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  const { state } = processOf(String(pid))
  return state !== '' && state !== 'Z'
}

function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processOf)
}

function processOf(name: string): { pid: number; parent: number; state: string; command: string } {
  try {
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
    const [, state = '', parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
    return { pid: Number(name), parent: Number(parent), state, command }
  } catch {
    return { pid: Number(name), parent: 0, state: '', command: '' } // It has just ended.
  }
}

function lastErrorOf(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n')
  return (lines.findLast((line) => /fail|error/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 200)
}
