/**
 * `npm test`: everything that holds the product, in one command. `--long` adds what takes minutes.
 * The last line is always `N passed, N failed`; each gate (build, lint, ...) counts as one test.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setUpSystem } from './setup.ts'
import { findDeno } from './support/deno.ts'
import { count, failedFiles, layOver, parseReport, type Report } from './vitest-report.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const BIN = join(ROOT, 'node_modules/.bin')
/**
 * On a machine that others use too, a browser, an encoder or a disk can starve for a moment. A whole file is
 * tried again, with an installation of its own, because its stories go on from each other; what is broken
 * fails twice.
 */
const HAS_SECOND_TRY = process.env['CI'] === 'true'
/** More than these are no moment's starvation. */
const MAX_SECOND_TRIES = 8

interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly seconds: number
  readonly notes: readonly string[]
}

const gates = [
  { name: 'build of the pages', command: ['vite', 'build', 'player', '--logLevel', 'warn'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings', '-f', 'unix'] },
  { name: 'types', command: ['tsc', '-b'] },
] as const

const projects: readonly Project[] = [
  // Vitest would leave one of two cores to itself.
  { name: 'unit', budgetSeconds: 60, limitSeconds: 390, workers: 2 },
  // Edges in processes of their own: the tests mostly wait for them.
  { name: 'contract', budgetSeconds: 160, limitSeconds: 780, workers: 3 },
  { name: 'e2e', budgetSeconds: 240, limitSeconds: 990 },
  ...(process.argv.includes('--long') ? [{ name: 'long', budgetSeconds: 3600, limitSeconds: 10_800 }] : []),
]

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  TZ: 'UTC',
  // Every test opens a database of its own, in threads that load the same modules again and again.
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node-compile'),
  // Node 24 beside the other tools, also when this file was not started by npm.
  PATH: `${BIN}:${process.env['PATH'] ?? ''}`,
  ...(!process.stdout.isTTY && { NO_COLOR: '1', FORCE_COLOR: '0' }),
}

const outcomes: Outcome[] = []
heading('set-up')
const isSetUp = setUpSystem()
if (findDeno() === undefined) console.log('Deno is not to be had for this machine: its tests are left out')
outcomes.push(gateOutcome('set-up', isSetUp, 0))
if (isSetUp) {
  for (const gate of gates) outcomes.push(await runGate(gate.name, gate.command))
  for (const project of projects) outcomes.push(await runProject(project))
}
summarise()

async function runGate(name: string, command: readonly string[]): Promise<Outcome> {
  heading(name)
  const [program = '', ...args] = command
  const { code, seconds } = await run(join(BIN, program), args)
  return gateOutcome(name, code === 0, seconds)
}

function gateOutcome(name: string, isGood: boolean, seconds: number): Outcome {
  return { name, passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, seconds, notes: [] }
}

interface Project {
  readonly name: string
  /** On two quiet cores; what takes longer is said. */
  readonly budgetSeconds: number
  /** A shared machine can be slow for a while, so only this fails the run. */
  readonly limitSeconds: number
  /** Test files at the same time; vitest's own choice unless told. */
  readonly workers?: number
}

async function runProject({
  name: project,
  budgetSeconds,
  limitSeconds,
  workers,
}: Project): Promise<Outcome> {
  heading(`${project} tests`)
  const name = `${project} tests`
  const first = await runVitest(project, workers === undefined ? [] : [`--maxWorkers=${workers}`])
  if (!first.report)
    return { name, passed: 0, failed: 1, seconds: first.seconds, notes: ['vitest left no report'] }
  let { report, seconds } = first
  const notes: string[] = []
  const files = failedFiles(report)
  if (files.length === 0 && first.code !== 0)
    notes.push(`vitest ended with ${first.code ?? 'a signal'} although no test failed`)
  let failures = notes.length
  if (HAS_SECOND_TRY && files.length > 0 && files.length <= MAX_SECOND_TRIES) {
    heading(`${project} tests, second try of ${files.length} files`)
    const second = await runVitest(project, ['--maxWorkers=1', ...files])
    seconds += second.seconds
    const laid = layOver(report, second.report ?? { testResults: [] })
    report = laid.report
    notes.push(...laid.passedThen.map((test) => `passed only at the second try: ${test}`))
  }
  const counted = count(report)
  failures += counted.failed
  notes.push(...counted.notes)
  if (seconds > budgetSeconds) notes.push(`OVER BUDGET: ${seconds.toFixed(0)} s, budget ${budgetSeconds} s`)
  if (seconds > limitSeconds) failures += 1
  return { name, passed: counted.passed, failed: failures, seconds, notes }
}

/** @returns without a report when vitest ended before it wrote one */
async function runVitest(
  project: string,
  more: readonly string[],
): Promise<{ code: number | null; seconds: number; report?: Report }> {
  const folder = mkdtempSync(join(tmpdir(), 'panggung-report-'))
  const file = join(folder, 'report.json')
  try {
    const outputs = ['--reporter=default', '--reporter=json', `--outputFile=${file}`]
    const ended = await run(join(BIN, 'vitest'), ['run', '--project', project, ...outputs, ...more])
    return existsSync(file) ? { ...ended, report: parseReport(readFileSync(file, 'utf8')) } : ended
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; seconds: number }> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, seconds: (performance.now() - started) / 1000 }))
  })
}

function heading(name: string): void {
  console.log(`\n== ${name}`)
}

function summarise(): void {
  heading('summary')
  for (const { name, passed, failed, seconds, notes } of outcomes) {
    const verdict = failed === 0 ? 'ok  ' : 'FAIL'
    console.log(`${verdict} ${name.padEnd(20)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`)
    for (const note of notes) console.log(`     ! ${note}`)
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
  console.log(`${passed} passed, ${failed} failed`)
}
