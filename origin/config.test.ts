import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { ConfigError } from './setting.ts'

const NEEDED = {
  EDGE_URL: 'http://127.0.0.1:8080',
  ORIGIN_SECRET: 'rahasia-edge-ke-origin',
  EDGE_SECRET: 'rahasia-origin-ke-edge',
}

function linesFor(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
  return []
}

test('the needed settings are enough', () => {
  expect(readConfig(NEEDED)).toMatchObject({
    rtmp: { host: '0.0.0.0', port: 1935 },
    http: { host: '127.0.0.1', port: 1936 },
    whenEdgeDown: 'allow',
    acceptedSecrets: [NEEDED.ORIGIN_SECRET],
    durations: { grace: 60_000, edgeTimeout: 2000 },
  })
})

test('the next secret is accepted beside the current one', () => {
  const next = 'rahasia-yang-berikutnya'
  expect(readConfig({ ...NEEDED, ORIGIN_SECRET_NEXT: next }).acceptedSecrets).toEqual([
    NEEDED.ORIGIN_SECRET,
    next,
  ])
})

test('a variable that is set to nothing is not set', () => {
  expect(readConfig({ ...NEEDED, RTMP_PORT: '', INSTALLATION_ID: '' })).toMatchObject({
    rtmp: { port: 1935 },
  })
})

test.each([
  ['RTMP_PORT', '70000'],
  ['RTMPS_PORT', '70000'],
  ['ORIGIN_HTTP_PORT', 'http'],
  ['RTMP_HOST', 'my host'],
  ['EDGE_URL', 'ftp://edge'],
  ['EDGE_URL', 'http://user:word@edge/'],
  ['EDGE_URL', 'http://edge/path'],
  ['ORIGIN_SECRET', 'short'],
  ['EDGE_SECRET', 'with spaces in between it'],
  ['INGEST_WHEN_EDGE_DOWN', 'maybe'],
  ['GRACE_MS', '-1'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is one line that names it and does not repeat it', (variable, value) => {
  const lines = linesFor({ ...NEEDED, [variable]: value })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(new RegExp(`^the setting ${variable} `))
  expect(lines[0]).not.toContain(value)
})

test('RTMPS needs a port and both files', () => {
  const files = { TLS_CERT_FILE: '/cert.pem', TLS_KEY_FILE: '/key.pem' }
  expect(readConfig({ ...NEEDED, ...files, RTMPS_PORT: '443' }).rtmps).toEqual({
    port: 443,
    certFile: '/cert.pem',
    keyFile: '/key.pem',
  })
  expect(readConfig(NEEDED).rtmps).toBeUndefined()
  expect(linesFor({ ...NEEDED, RTMPS_PORT: '443' })).toEqual([
    'the setting TLS_CERT_FILE must be set for RTMPS',
    'the setting TLS_KEY_FILE must be set for RTMPS',
  ])
  expect(linesFor({ ...NEEDED, ...files })).toEqual(['the setting RTMPS_PORT must be set for RTMPS'])
})

test.each([
  ['720', '"720" is none of them'],
  ['4000x', '"4000x" is none of them'],
  ['720p,banana', '"banana" is none of them'],
  ['720p,', '"" is none of them'],
  ['720p, 480p ,720p', '"720p" is named twice'],
  [`720p,${'x'.repeat(500)}`, `"${'x'.repeat(20)}" is none of them`],
])('LADDER=%s names the part that is wrong and what may be there', (LADDER, problem) => {
  expect(linesFor({ ...NEEDED, LADDER })).toEqual([
    `the setting LADDER must be some of 1080p, 720p, 480p, 360p, 240p, 144p, audio, with commas between; ${problem}`,
  ])
})

test('a ladder is largest first, however it is written', () => {
  expect(readConfig({ ...NEEDED, LADDER: 'audio, 480p,720p' }).ladder).toEqual(['720p', '480p', 'audio'])
})

test('every missing setting is named', () => {
  expect(linesFor({})).toEqual([
    'the setting EDGE_URL must be set',
    'the setting ORIGIN_SECRET must be set',
    'the setting EDGE_SECRET must be set',
  ])
})
