/** What holds for whoever is on air, through the whole product: keys, ends, limits, monitors, forwarding. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { PlayAddress, RevealedKey, StudioBroadcast } from '../../shared/contracts/studio.ts'
import { startNginxRtmp } from '../bench/peers/nginx-rtmp.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually, within } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer, withdraw } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'

/** The promise of the product, with the durations it has by default. */
const END_WITHIN_MS = 5000

let installation: Installation
let folder: string
let rtmpsPort: number
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-ingest-'))
  const { certificate, key } = makeCertificate(folder, 'localhost')
  const [rtmps = 0, https = 0] = await freePorts(2)
  rtmpsPort = rtmps
  installation = await startPanggung({
    env: {
      TLS_CERT_FILE: certificate,
      TLS_KEY_FILE: key,
      TLS_PORT: String(https),
      RTMPS_PORT: String(rtmps),
      STATUS_POLL_MS: '2000',
      ENFORCE_MS: '1000',
      LIMIT_GRACE_MS: '1000',
      RESTREAM_RETRY_MS: '100',
      RESTREAM_PRIVATE: 'allow',
    },
  })
})
afterAll(async () => {
  await installation.stop()
  await rm(folder, { recursive: true })
})

function newStreamer(): Promise<Streamer> {
  return makeStreamer(installation.url, installation.admin)
}

async function lastEnd({ client, slug }: Streamer): Promise<string | null | undefined> {
  const Broadcasts = v.object({ broadcasts: v.array(StudioBroadcast) })
  const { broadcasts } = await client.get(`/api/studio/${slug}/broadcasts`, Broadcasts)
  return broadcasts[0]?.endReason
}

test('an encoder that speaks RTMPS is on air, and one with a wrong key is not', async () => {
  const streamer = await newStreamer()
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const url = `rtmps://localhost:${rtmpsPort}/live`
  const refused = startEncoder(`${url}/${streamer.slug}?key=aaaa.bbbb.cccc`)
  await eventually('the wrong key is refused', () => refused.hasEnded)
  const encoder = startEncoder(`${url}/${streamKey}`)
  try {
    await eventually('the channel is live', async () => {
      const { playlist } = await streamer.client.get(`/api/channels/${streamer.slug}/live`, LiveState)
      return playlist !== null && (await fetch(installation.url + playlist)).ok
    })
    expect(encoder.hasEnded).toBe(false)
  } finally {
    await encoder.stop()
  }
})

test('a phone with a short key is on air; a monitor and another server get the same', async () => {
  const nginx = await startNginxRtmp()
  const streamer = await newStreamer()
  const { client, slug } = streamer
  const streamKey = 'kunci-kenari-untuk-server-lain'
  const [, app] = /^(.*)\/clock$/.exec(nginx.rtmpUrl) ?? []
  const restream = { name: 'nginx', url: app, streamKey }
  await client.post(`/api/studio/${slug}/restreams`, restream, v.unknown())
  const issue = { name: 'telepon', kind: 'short' }
  const short = await client.post(`/api/studio/${slug}/keys`, issue, RevealedKey)
  const encoder = startEncoder(`${installation.rtmpUrl}/${short.streamKey}`)
  try {
    await nginx.hasFragments(1, streamKey)
    const { url } = await client.post(`/api/studio/${slug}/play-tokens`, {}, PlayAddress)
    const monitor = new TestProcess({
      name: 'ffprobe',
      command: 'ffprobe',
      args: [...'-v error -show_entries stream=codec_name,width -of csv -i'.split(' '), url],
    })
    await monitor.sees(/stream,h264,320/)
    await monitor.sees(/stream,aac/)
    await eventually('the monitor has ended', () => monitor.hasEnded)
    expect(encoder.hasEnded).toBe(false)
    const token = new URL(url).searchParams.get('token') ?? ''
    expect(token).not.toBe('')
    const log = installation.server.output
    for (const secret of [short.streamKey, token, streamKey, ...token.split('.').slice(1)])
      expect(log).not.toContain(secret)
  } finally {
    await encoder.stop()
    await nginx.stop()
  }
  await eventually('the end is known', async () => (await lastEnd(streamer)) === 'stopped')
})

test.each([
  [
    'key_revoked',
    (streamer: Streamer, jti: string) =>
      streamer.client.command('DELETE', `/api/studio/${streamer.slug}/keys/${jti}`),
  ],
  ['right_withdrawn', (streamer: Streamer) => withdraw(installation.admin, streamer.id, 'on_air')],
  [
    'kicked',
    async (_streamer: Streamer, _jti: string, broadcastId: string) =>
      installation.admin.command('POST', `/api/admin/broadcasts/${broadcastId}/end`, { reason: 'uji' }),
  ],
] as const)('%s ends a running broadcast within five seconds', async (_reason, act) => {
  const streamer = await newStreamer()
  const { streamKey, jti } = await issueKey(streamer, streamer.slug)
  const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer, streamKey })
  await act(streamer, jti, onAir.broadcastId)
  await within('the encoder is cut off', END_WITHIN_MS, onAir.publisher.closed)
  expect(onAir.publisher.lastError?.code).toBe('NetStream.Publish.Unauthorized')
  await onAir.stop()
  await eventually('viewers are told', async () => {
    const visitor = new ApiClient(installation.url)
    const live = await visitor.get(`/api/channels/${streamer.slug}/live`, LiveState)
    return live.broadcast?.state !== 'live'
  })
})

test('an admin limits the picture: the encoder is told why it is off air', async () => {
  const streamer = await newStreamer()
  const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer })
  const limits = { maxBitrateBps: null, maxResolution: 100, maxDurationSeconds: null }
  await installation.admin.send('PUT', `/api/admin/channels/${streamer.slug}/limits`, { json: limits })
  await within('the encoder is cut off', 20_000, onAir.publisher.closed)
  expect(onAir.publisher.lastError?.description).toContain('The resolution was above the limit')
  await onAir.stop()
  await eventually('the reason is known', async () => (await lastEnd(streamer)) === 'resolution_limit')
})
