import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Log } from '../../ports.ts'
import { SupervisedChild } from './child-process.ts'

const log = { info: () => {}, warn: vi.fn<Log['warn']>(), error: () => {} }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-child-'))
  log.warn.mockClear()
})

afterEach(() => rm(folder, { recursive: true }))

async function childOf(source: string): Promise<SupervisedChild> {
  const script = join(folder, 'child.ts')
  await writeFile(script, source)
  return new SupervisedChild({ name: 'the child', script, env: { FOLDER: folder }, log, firstPauseMs: 1 })
}

const trace = () => readFile(join(folder, 'trace'), 'utf8').catch(() => '')
const APPEND = `import { appendFileSync } from 'node:fs'
const say = (text: string) => appendFileSync(process.env.FOLDER + '/trace', text)`

test('a child that dies is started again', async () => {
  const child = await childOf(`${APPEND}\nsay('started ')\nprocess.exit(3)`)
  child.start()
  await vi.waitFor(async () => expect((await trace()).split(' ').length).toBeGreaterThan(2), 15_000)
  await child.stop()
  expect(log.warn).toHaveBeenCalledWith(expect.objectContaining({ code: 3 }), expect.any(String))
})

test('stop() lets the child finish what it does at the end, and does not start it again', async () => {
  const child = await childOf(
    `${APPEND}\nprocess.on('SIGTERM', () => { say('clean end'); process.exit(0) })\nsetInterval(() => {}, 1000)\nsay('ready ')`,
  )
  child.start()
  await vi.waitFor(async () => expect(await trace()).toBe('ready '), 15_000)
  await child.stop()
  expect(await trace()).toBe('ready clean end')
  expect(log.warn).not.toHaveBeenCalled()
})
