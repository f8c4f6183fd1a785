import { expect, test } from 'vitest'
import { DEFAULT_DURATIONS } from '../config.ts'
import { readGivenEdge, SettingsError } from './environment.ts'

const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'eHh4', d: 'ZGRk', kid: 'k1', alg: 'EdDSA', use: 'sig' }
const GIVEN = {
  DATABASE_URL: 'libsql://panggung.example.org',
  DATABASE_AUTH_TOKEN: 'token',
  INSTALLATION_ID: 'abcd',
  SIGNING_KEYS: JSON.stringify([KEY]),
  ORIGINS: 'main=https://origin.example.org,kedua=https://origin2.example.org/',
  ORIGIN_SECRET: 'rahasia-edge-ke-origin',
  EDGE_SECRET: 'rahasia-origin-ke-edge',
  EDGE_SECRET_NEXT: 'rahasia-origin-ke-edge-baru',
  SETUP_CODE: 'kode-uji-123456',
  PUBLIC_URL: 'https://tv.example.org/',
  RTMP_URL: 'rtmp://origin.example.org/live',
}

function linesFor(environment: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    readGivenEdge(environment)
  } catch (error) {
    if (error instanceof SettingsError) return error.lines
  }
  return []
}

test('all that an edge without a folder of its own needs', () => {
  const { config, database } = readGivenEdge({ ...GIVEN, ASSETS: {}, HEARTBEAT_MS: '300', SESSION_MS: '' })
  expect(database).toEqual({ url: GIVEN.DATABASE_URL, authToken: 'token' })
  expect(config).toMatchObject({
    installationId: 'abcd',
    signingKeys: [{ kid: 'k1', d: 'ZGRk' }],
    origins: [
      { id: 'main', url: 'https://origin.example.org' },
      { id: 'kedua', url: 'https://origin2.example.org' },
    ],
    internalSecrets: ['rahasia-origin-ke-edge', 'rahasia-origin-ke-edge-baru'],
    defaultPublicUrl: 'https://tv.example.org',
    mayRestreamToPrivate: false,
    durations: { ...DEFAULT_DURATIONS, heartbeat: 300 },
  })
})

test.each(Object.keys(GIVEN).filter((name) => !/_NEXT$|_TOKEN$/.test(name)))(
  'without %s it does not start, and says so',
  (name) => {
    expect(linesFor({ ...GIVEN, [name]: undefined })).toEqual([`the setting ${name} is missing`])
  },
)

test.each(['512', '30000', '262144', '1e4'])('passwords are not hashed at a cost of %s', (PASSWORD_COST) => {
  expect(linesFor({ ...GIVEN, PASSWORD_COST })).toEqual([
    'the setting PASSWORD_COST must be a power of two from 1024 to 131072',
  ])
  expect(readGivenEdge({ ...GIVEN, PASSWORD_COST: '65536' }).config.passwordCost).toBe(65_536)
})

test('every wrong setting is named at once, and no value is repeated', () => {
  const wrong = {
    ...GIVEN,
    SIGNING_KEYS: '[{"kty":"RSA","d":"rahasia"}]',
    DATABASE_URL: 'file:panggung.db',
    EDGE_SECRET: 'pendek',
  }
  const lines = linesFor(wrong)
  expect(lines.map((line) => /^the setting (\w+) /.exec(line)?.[1])).toEqual(
    expect.arrayContaining(['SIGNING_KEYS', 'DATABASE_URL', 'EDGE_SECRET']),
  )
  expect(lines).toHaveLength(3)
  expect(lines.join()).not.toMatch(/rahasia|pendek|panggung\.db/)
})
