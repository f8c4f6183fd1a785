import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from './config.ts'
import { startInstallation } from './installation.ts'
import { portConflicts } from './listeners.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-start-'))
})
afterEach(() => rm(folder, { recursive: true }))

test.each(['PORT', 'RTMP_PORT', 'ORIGIN_HTTP_PORT'])(
  'a taken %s is said before pages are built and before anything is made',
  async (name) => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const port = String((holder.address() as AddressInfo).port)
    const environment = {
      HOST: '127.0.0.1',
      PORT: '0',
      RTMP_HOST: '127.0.0.1',
      RTMP_PORT: '0',
      ORIGIN_HTTP_PORT: '0',
      DATA_DIR: join(folder, 'data'),
      [name]: port,
    }
    const buildPages = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('built')))
    await expect(startInstallation(readSettings(environment), environment, log, buildPages)).rejects.toThrow(
      `port ${port} is taken`,
    )
    expect(buildPages).not.toHaveBeenCalled()
    expect(await readdir(folder)).toEqual([])
    holder.close()
  },
)

/** Chosen so that nothing listens; each case is refused before ports are tried. */
const PORTS = { PORT: '28080', RTMP_PORT: '21935', ORIGIN_HTTP_PORT: '21936', HOST: '127.0.0.1' }

test.each<[string, Record<string, string>, readonly string[]]>([
  [
    'a port that is asked for twice',
    { RTMP_PORT: '28080' },
    ['port 28080 is used for both PORT and RTMP_PORT'],
  ],
  [
    'a port that is asked for three times',
    { RTMPS_PORT: '21936', RTMP_PORT: '21936' },
    [
      'port 21936 is used for both RTMP_PORT and RTMPS_PORT',
      'port 21936 is used for both RTMP_PORT and ORIGIN_HTTP_PORT',
      'port 21936 is used for both RTMPS_PORT and ORIGIN_HTTP_PORT',
    ],
  ],
  [
    'another port in ORIGINS',
    { ORIGINS: 'main=http://127.0.0.1:1936' },
    ['the settings ORIGINS and ORIGIN_HTTP_PORT disagree on the port of main: 1936 and 21936'],
  ],
  [
    'ORIGINS without the own one',
    { ORIGINS: 'other=http://10.0.0.9:1936' },
    ['the setting ORIGINS must name the origin that is started here, too: main=http://127.0.0.1:21936'],
  ],
  [
    "the origin's own settings",
    { LADDER: '720p,banana', HLS_WINDOW_SECONDS: '5', INGEST_WHEN_EDGE_DOWN: 'maybe' },
    [
      'the setting INGEST_WHEN_EDGE_DOWN must be allow or refuse',
      expect.stringMatching(/^the setting LADDER must be some of .*"banana" is none of them$/),
      'the setting HLS_WINDOW_SECONDS must be a whole number from 30 to 600',
    ],
  ],
  [
    'RTMPS without a certificate',
    { RTMPS_PORT: '21937' },
    ['the setting TLS_CERT_FILE must be set for RTMPS', 'the setting TLS_KEY_FILE must be set for RTMPS'],
  ],
  [
    'a certificate that is not there',
    { TLS_CERT_FILE: '/nowhere/cert.pem', TLS_KEY_FILE: '/nowhere/key.pem', RTMPS_PORT: '21937' },
    [
      'cannot read TLS_CERT_FILE /nowhere/cert.pem (ENOENT)',
      'cannot read TLS_KEY_FILE /nowhere/key.pem (ENOENT)',
    ],
  ],
])('%s is said line by line before anything is made', { timeout: 60_000 }, async (_what, wrong, lines) => {
  const environment = { PATH: process.env['PATH'], ...PORTS, DATA_DIR: join(folder, 'data'), ...wrong }
  const buildPages = vi.fn<() => Promise<void>>(() => Promise.reject(new Error('built')))
  await expect(
    startInstallation(readSettings(environment), environment, log, buildPages),
  ).rejects.toMatchObject({ lines })
  expect(buildPages).not.toHaveBeenCalled()
  expect(await readdir(folder)).toEqual([])
})

test('two addresses of this machine may use one port number', () => {
  const both = (hosts: readonly string[], port: number) =>
    portConflicts(hosts.map((host, at) => ({ name: `PORT_${at}`, host, port })))
  expect(both(['127.0.0.1', '127.0.0.2'], 8080)).toEqual([])
  expect(both(['127.0.0.1', '127.0.0.1'], 0)).toEqual([])
  expect(both(['127.0.0.1', '0.0.0.0'], 8080)).toHaveLength(1)
})
