/** The boundaries of the design, executable. Each message says which file breaks which rule. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '../shared/errors.ts'
import { listFiles, readSource, ROOT, type Import, type SourceFile } from './support/source-files.ts'

const files = listFiles()
const sources = files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts')).map(readSource)

interface Area {
  readonly name: string
  readonly holds: (path: string) => boolean
  /** Paths from the root that it may import besides itself. */
  readonly mayImport: RegExp
  /** Packages and `node:` modules. */
  readonly packages: RegExp
  /** Names that must not appear in its code. */
  readonly forbiddenNames?: RegExp
}

const RUNTIME_NAMES = /\b(?:process|Deno|Bun|Buffer|__dirname|__filename|require)\b(?!\s*:)/
const HIDDEN_INPUTS = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/
const PURE = new RegExp(
  `${HIDDEN_INPUTS.source}|\\b(?:process|setTimeout|setInterval|setImmediate|fetch|performance)\\b`,
)
const either = (...patterns: RegExp[]) => new RegExp(patterns.map((pattern) => pattern.source).join('|'))

const areas: readonly Area[] = [
  {
    name: 'shared',
    holds: within('shared'),
    mayImport: /^$/,
    packages: /^(?:valibot|jose|aws4fetch)$/,
    forbiddenNames: either(RUNTIME_NAMES, HIDDEN_INPUTS),
  },
  {
    name: 'edge',
    holds: (path) => path.startsWith('edge/') && !path.startsWith('edge/runtimes/'),
    mayImport: /^shared\//,
    packages: /^(?:hono(?:\/.+)?|@libsql\/hrana-client|valibot|jose|otpauth)$/,
    forbiddenNames: either(RUNTIME_NAMES, HIDDEN_INPUTS),
  },
  {
    name: 'edge/runtimes/node',
    holds: within('edge/runtimes/node'),
    mayImport: /^(?:shared|edge)\//,
    packages:
      /^(?:node:.+|@hono\/node-server(?:\/.+)?|@libsql\/client(?:\/sqlite3)?|hono(?:\/.+)?|pino|nodemailer|jose|valibot)$/,
  },
  {
    name: 'edge/runtimes/workers',
    holds: within('edge/runtimes/workers'),
    mayImport: /^(?:shared\/|edge\/(?!runtimes\/)|edge\/runtimes\/[^/]+\.ts$)/,
    packages: /^(?:cloudflare:workers|node:crypto|hono(?:\/.+)?)$/,
    forbiddenNames: RUNTIME_NAMES,
  },
  {
    name: 'edge/runtimes/deno',
    holds: within('edge/runtimes/deno'),
    mayImport: /^(?:shared\/|edge\/(?!runtimes\/)|edge\/runtimes\/[^/]+\.ts$)/,
    packages: /^(?:node:crypto|valibot)$/,
    forbiddenNames: /\b(?:process|Buffer|__dirname|__filename|require)\b(?!\s*:)/,
  },
  {
    name: 'what runtimes share',
    holds: (path) => /^edge\/runtimes\/[^/]+\.ts$/.test(path),
    mayImport: /^(?:shared|edge)\//,
    packages: /^(?:valibot|jose)$/,
    forbiddenNames: RUNTIME_NAMES,
  },
  {
    name: 'origin/packager and origin/media',
    holds: (path) => /^origin\/(?:packager|media)\//.test(path),
    mayImport: /^shared\//,
    packages: /^$/,
    forbiddenNames: PURE,
  },
  {
    name: 'origin/uploads',
    holds: within('origin/uploads'),
    mayImport: /^(?:shared|origin)\//,
    packages: /^(?:node:.+|@tus\/(?:server|file-store)|mediabunny|valibot)$/,
  },
  {
    name: 'origin',
    holds: within('origin'),
    mayImport: /^shared\//,
    packages:
      /^(?:node:.+|node-media-server\/.+|hono(?:\/.+)?|@hono\/node-server(?:\/.+)?|pino|prom-client|jose|valibot)$/,
  },
  {
    name: 'player',
    holds: within('player'),
    mayImport: /^shared\//,
    packages: /^(?:preact(?:\/.+)?|hls\.js(?:\/.+)?|media-chrome(?:\/.+)?|tus-js-client|uqr|valibot)$/,
  },
  {
    name: 'tests',
    holds: within('tests'),
    // Entry points only; what lies deeper has its tests beside it.
    mayImport:
      /^(?:shared\/|edge\/app\.ts$|edge\/ports\.ts$|edge\/config\.ts$|edge\/db\/migrate\.ts$|edge\/ledger\/verify\.ts$|edge\/viewers\/token\.ts$|edge\/runtimes\/|origin\/(?:origin|main|uploads\/import-file)\.ts$|origin\/rtmp-client\/|player\/i18n\/language\.ts$)/,
    packages:
      /^(?:node:.+|@hono\/node-server|vitest(?:\/.+)?|fast-check|playwright-core|valibot|jose|otpauth|@libsql\/client\/\w+|hls\.js(?:\/.+)?)$/,
  },
]
const TEST_PACKAGES = /^(?:node:.+|vitest(?:\/.+)?|fast-check|otpauth|smtp-server|@libsql\/client)$/

function within(folder: string): (path: string) => boolean {
  return (path) => path.startsWith(`${folder}/`)
}

/** The first area that holds a file decides, so the narrow ones stand before the wide. */
function areaOf(path: string): Area | undefined {
  return areas.find((area) => area.holds(path))
}

function offences(find: (file: SourceFile) => Iterable<string>): string[] {
  return sources.flatMap((file) => [...find(file)].map((what) => `${file.path}: ${what}`))
}

test('the scan sees the code it is meant to judge', () => {
  expect(sources.length).toBeGreaterThan(20)
  const self = sources.find((file) => file.path === 'tests/architecture.test.ts')
  expect(self?.imports.map((each) => each.specifier)).toContain('./support/source-files.ts')
})

test('every source file belongs to an area with rules', () => {
  const outside = sources.filter((file) => !areaOf(file.path)).map((file) => file.path)
  expect(outside.filter((path) => path !== 'vitest.config.ts')).toEqual([])
})

test('folders import only what the boundaries allow', () => {
  const found = offences(function* (file) {
    const area = areaOf(file.path)
    if (!area) return
    for (const each of file.imports)
      if (!isAllowed(file, area, each)) yield `may not import ${each.specifier}`
  })
  expect(found).toEqual([])
})

function isAllowed(file: SourceFile, area: Area, { specifier, path }: Import): boolean {
  const isBuildConfig = file.path === 'player/vite.config.ts'
  if (path !== undefined) return areaOf(path) === area || area.mayImport.test(path) || isNeighbour(file, path)
  if (area.packages.test(specifier)) return true
  if (isBuildConfig) return /^(?:node:.+|vite)$/.test(specifier)
  return file.isTest && TEST_PACKAGES.test(specifier)
}

/** A unit test of the edge's core runs on the real Node adapters; one of origin's on any part of origin. */
function isNeighbour(file: SourceFile, path: string): boolean {
  const folder = path.split('/')[0] ?? ''
  // Somebody else's server: there is one stand-in for it, also for those who speak to it from below.
  if (file.isTest && path === 'tests/support/s3-server.ts') return true
  if (file.path.startsWith('origin/')) {
    const isPure = areaOf(file.path)?.name !== 'origin'
    return folder === 'origin' && (file.isTest || !isPure)
  }
  return file.isTest && folder === 'edge' && file.path.startsWith('edge/')
}

test('pure folders name no runtime, clock or random source', () => {
  const found = offences(function* (file) {
    const names = areaOf(file.path)?.forbiddenNames
    const match = file.isTest ? undefined : names?.exec(file.code)
    if (match) yield `uses ${match[0]}`
  })
  expect(found).toEqual([])
})

test('relative imports carry their extension and there are no barrels', () => {
  const found = offences(function* (file) {
    for (const { specifier, path } of file.imports) {
      if (path !== undefined && !/\.(?:ts|tsx|css|json|svg)(?:\?\w+)?$/.test(specifier))
        yield `imports ${specifier} without extension`
      if (path?.endsWith('/index.ts')) yield `imports the barrel ${specifier}`
    }
  })
  expect(found).toEqual([])
})

test.each([
  ['node-media-server', ['origin/ingest/nms.ts']],
  ['hls.js', ['player/lib/playback.ts', 'player/lib/quality-switch.ts', 'player/lib/video-playback.ts']],
])('%s is imported only by %s', (name, owners) => {
  const importers = sources
    .filter((file) => !file.path.startsWith('tests/bench/'))
    .filter((file) =>
      file.imports.some(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`)),
    )
    .map((file) => file.path)
  expect(importers.filter((path) => !owners.includes(path))).toEqual([])
})

test('a slice of the edge reaches into another slice only for its rules or a type', () => {
  const found = offences(function* (file) {
    const slice = sliceOf(file.path)
    if (slice === undefined || file.isTest) return
    for (const { path, specifier, isTypeOnly } of file.imports) {
      const other = path === undefined ? undefined : sliceOf(path)
      if (other !== undefined && other !== slice && !isTypeOnly && !specifier.endsWith('/rules.ts'))
        yield `imports ${specifier} of another slice`
    }
  })
  expect(found).toEqual([])
})

/** `edge/http` and `edge/db` are shared ground; everything else one folder deep is a slice. */
function sliceOf(path: string): string | undefined {
  const slice = /^edge\/([\w-]+)\//.exec(path)?.[1]
  const isCommon = ['assets', 'db', 'http', 'runtimes'].includes(slice ?? '')
  return isCommon ? undefined : slice
}

test('no folder has a name that says nothing', () => {
  const vague = /(?:^|\/)(?:utils?|helpers?|common|misc|services?|managers?|lib\/lib)\//
  expect(files.filter((path) => vague.test(path))).toEqual([])
  expect(files.filter((path) => /(?:^|\/)(?:utils?|helpers?|common|misc|types)\.tsx?$/.test(path))).toEqual(
    [],
  )
})

test('file names are kebab-case', () => {
  const stray = sources.filter((file) => !/^(?:[\w.-]+\/)*[a-z0-9]+(?:[.-][a-z0-9]+)*\.tsx?$/.test(file.path))
  expect(stray.map((file) => file.path)).toEqual([])
})

test('no file outgrows one idea', () => {
  const found = sources
    .filter((file) => !file.path.startsWith('edge/db/migrations/'))
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length, isTest: file.isTest }))
    .filter(({ path, lines, isTest }) => lines > (isTest || path.startsWith('tests/') ? 800 : 500))
  expect(found).toEqual([])
})

test('every error code is thrown or shown somewhere', () => {
  const product = sources.filter(
    (file) => !file.isTest && !file.path.startsWith('tests/') && file.path !== 'shared/errors.ts',
  )
  const unused = Object.keys(ERRORS).filter(
    (code) => !product.some((file) => file.text.includes(`'${code}'`)),
  )
  expect(unused).toEqual([])
})

test('the repository holds no path of a machine and no registry but the public one', () => {
  const home = homedir()
  const registry = process.env['npm_config_registry']
  const host = registry === undefined ? undefined : new URL(registry).host
  // A short root such as /app could be an ordinary word.
  const traces = [ROOT, home]
    .filter((path) => path.split('/').length > 2)
    .concat(host === undefined || host === 'registry.npmjs.org' ? [] : [host])
  const texts = files.filter((path) => !/\.(?:flv|mp4|png|jpg|webp|ico|woff2)$/.test(path))
  const found = texts.filter((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return traces.some((trace) => text.includes(trace))
  })
  expect(found).toEqual([])
})

test('the lock file names no download address', () => {
  expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": *"https?:/)
})
