import { expect, test } from 'vitest'
import { DEFAULT_DURATIONS } from '../../config.ts'
import { readSettings } from './config.ts'
import { StartError } from './start-error.ts'

function linesFor(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment)
  } catch (error) {
    if (error instanceof StartError) return error.lines
  }
  return []
}

test('nothing has to be set', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    port: 8080,
    database: { kind: 'file' },
    origins: [{ id: 'main', url: 'http://127.0.0.1:1936' }],
    durations: DEFAULT_DURATIONS,
  })
  expect(settings.database).toMatchObject({ path: `${settings.dataDir}/panggung.db` })
  expect(readSettings({ PORT: '', ORIGINS: '' })).toEqual(settings)
})

test('the own origin is asked where it listens', () => {
  const { origins } = readSettings({ ORIGIN_HTTP_PORT: '2936', ORIGIN_HTTP_HOST: '0.0.0.0' })
  expect(origins).toEqual([{ id: 'main', url: 'http://127.0.0.1:2936' }])
})

test('addresses offered by the first visit follow host and ports', () => {
  const local = readSettings({ HOST: '127.0.0.1', PORT: '80', RTMP_PORT: '2935' })
  expect(local.publicUrl).toBe('http://localhost')
  expect(local.rtmpUrl).toBe('rtmp://localhost:2935/live')
  expect(readSettings({ PUBLIC_URL: 'https://tv.example.org/' }).publicUrl).toBe('https://tv.example.org')
})

test.each([
  ['libsql://db.example', { kind: 'remote', url: 'libsql://db.example', authToken: 'token' }],
  ['http://127.0.0.1:8081', { kind: 'remote', url: 'http://127.0.0.1:8081', authToken: 'token' }],
  ['file:/srv/panggung.db', { kind: 'file', path: '/srv/panggung.db' }],
  ['/srv/panggung.db', { kind: 'file', path: '/srv/panggung.db' }],
])('DATABASE_URL=%s', (DATABASE_URL, database) => {
  expect(readSettings({ DATABASE_URL, DATABASE_AUTH_TOKEN: 'token' }).database).toEqual(database)
})

test('several origins', () => {
  expect(readSettings({ ORIGINS: 'a=http://a:1936, b=https://b.example/' }).origins).toEqual([
    { id: 'a', url: 'http://a:1936' },
    { id: 'b', url: 'https://b.example' },
  ])
})

test('durations are settings', () => {
  expect(readSettings({ GRACE_MS: '500' }).durations).toEqual({ ...DEFAULT_DURATIONS, grace: 500 })
})

test.each([
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['HOST', 'not a host'],
  ['ORIGINS', 'http://10.0.0.9:1936'],
  ['ORIGINS', 'a=ftp://a'],
  ['ORIGINS', 'a=http://a,a=http://b'],
  ['ORIGIN_SECRET', 'short'],
  ['PUBLIC_URL', 'tv.kartini.id'],
  ['RTMP_URL', 'rtmp://tv.example.org/other'],
  ['DATABASE_URL', 'postgres://x'],
  ['DATABASE_URL', 'foo'],
  ['DATABASE_URL', './data/lain.db'],
  ['SEGMENT_CACHE_MB', '0'],
  ['LOG_LEVEL', 'loud'],
  ['GRACE_MS', '1.5'],
  ['TRUSTED_PROXIES', 'yes'],
  ['DONATIONS_PER_ADDRESS', '0'],
  ['SETUP_CODE', '-----------a'],
])('%s=%s is one clear line that does not repeat the value', (name, value) => {
  const lines = linesFor({ [name]: value })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(new RegExp(`^the setting ${name} must (?:be|name|begin) `))
  expect(lines[0]).not.toContain(value)
})

test('every wrong setting gets its own line', () => {
  expect(linesFor({ PORT: 'x', RTMP_PORT: 'y', LOG_LEVEL: 'z' })).toHaveLength(3)
})

test('a certificate needs its key, and the other way round', () => {
  expect(linesFor({ TLS_CERT_FILE: '/tls/cert.pem' })).toEqual([
    'the setting TLS_KEY_FILE must be set too when TLS_CERT_FILE is',
  ])
  expect(linesFor({ TLS_KEY_FILE: '/tls/key.pem', TLS_CERT_FILE: '' })).toEqual([
    'the setting TLS_CERT_FILE must be set too when TLS_KEY_FILE is',
  ])
})

test('with a certificate the offered address is HTTPS', () => {
  const tls = { TLS_CERT_FILE: '/tls/cert.pem', TLS_KEY_FILE: '/tls/key.pem', HOST: 'tv.example.org' }
  const settings = readSettings(tls)
  expect(settings.tls).toEqual({ port: 8443, certFile: '/tls/cert.pem', keyFile: '/tls/key.pem' })
  expect(settings.publicUrl).toBe('https://tv.example.org:8443')
  expect(readSettings({ ...tls, TLS_PORT: '443' }).publicUrl).toBe('https://tv.example.org')
  expect(readSettings({ ...tls, PUBLIC_URL: 'https://a.example' }).publicUrl).toBe('https://a.example')
})
