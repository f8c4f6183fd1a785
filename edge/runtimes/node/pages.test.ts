import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Platform } from '../../ports.ts'
import { loadPages } from './pages.ts'

let parent: string
let pages: Platform['pages']

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'panggung-pages-'))
  const dist = join(parent, 'dist')
  await mkdir(join(dist, 'assets'), { recursive: true })
  await writeFile(join(parent, 'secrets.json'), 'secret')
  await writeFile(join(dist, 'home.html'), '<!doctype html>')
  await writeFile(join(dist, 'assets', 'home-B4x9.js'), 'export {}')
  pages = await loadPages(dist)
})

afterAll(() => rm(parent, { recursive: true }))

test('a page is checked with the server each time, its hashed files never again', async () => {
  const page = await pages('/home.html')
  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page?.headers.get('cache-control')).toBe('no-cache')
  const script = await pages('/assets/home-B4x9.js')
  expect(script?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(script?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(await script?.text()).toBe('export {}')
})

test.each([
  '/../secrets.json',
  '/assets/../../secrets.json',
  '/..%2fsecrets.json',
  '/assets',
  '/',
  'home.html',
])('%s is no page', async (path) => {
  expect(await pages(path)).toBeUndefined()
})

test('without a build there are no pages, and no failure', async () => {
  expect(await (await loadPages(join(parent, 'missing')))('/home.html')).toBeUndefined()
})
