/** An origin that is killed again and again while it records, and while it deletes what it has recorded. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { VideoList } from '../../shared/contracts/videos.ts'
import { fetchBytes, fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist } from '../conformance/playlist.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { killOrigin } from '../support/origin-kill.ts'
import { seededRandom } from '../support/seeded-random.ts'

const KILLS = 8
const DEADLINE = { deadlineMs: 60_000 }

let installation: Installation
beforeAll(async () => {
  installation = await startPanggung({
    env: { GRACE_MS: '30000', RECORDINGS_STOP_PERCENT: '100', RECORDINGS_WARN_PERCENT: '100' },
  })
})
afterAll(() => installation.stop())

const kill = () => killOrigin(installation)

test('no kill changes what was named, and all that was whole is in the video', async () => {
  const random = seededRandom('recording-kills')
  const { url, dataDir } = installation
  const visitor = new ApiClient(url)
  let onAir: OnAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra' })
  // A broken line is what is wanted here.
  onAir.played.catch(() => undefined)
  const { streamer, streamKey, broadcastId: id } = onAir
  const { originSecret } = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as {
    originSecret: string
  }
  // At the origin: an edge would remember what it had sent before.
  const headers = { authorization: `Bearer ${originSecret}` }
  const base = `${url}/vod/${id}/${id}`
  const seen = new Map<string, string>()
  const look = async (name: 'dvr' | 'source'): Promise<number> => {
    const playlistUrl = `${base}/${name}/media.m3u8`
    const { segments } = readMediaPlaylist(await fetchText(playlistUrl))
    for (const { uri } of segments) {
      const file = uri.replace(/^.*\//, '')
      const bytes = await fetchBytes(`${installation.originUrl}/vod/${id}/${id}/source/${file}`, headers)
      const hash = createHash('sha256').update(bytes).digest('hex')
      expect([file, seen.get(file) ?? hash]).toEqual([file, hash])
      seen.set(file, hash)
    }
    return segments.length
  }
  for (let kills = 0; kills < KILLS; kills++) {
    await eventually(
      'it is recorded',
      async () => (await visitor.get(`/api/channels/${streamer.slug}/live`, LiveState)).dvr !== null,
      DEADLINE,
    )
    // Any moment of a segment: what is half written then must not be named, or heard of, later.
    await pause(random.integer(2000, 4500))
    await look('dvr')
    await kill()
    await onAir.played.catch(() => undefined)
    onAir = await eventually(
      'the encoder is back',
      () => goOnAir(installation, { fixture: 'obs-30', streamer, streamKey }),
      DEADLINE,
    )
    onAir.played.catch(() => undefined)
    expect(onAir.broadcastId).toBe(id)
  }
  await pause(3000)
  await onAir.stop()
  const video = await eventually(
    'the recording is a video',
    async () => (await visitor.get(`/api/videos?channel=${streamer.slug}`, VideoList)).videos[0],
    DEADLINE,
  )
  expect(video.id).toBe(id)
  const before = seen.size
  expect(await look('source')).toBeGreaterThanOrEqual(before)
  const text = await fetchText(`${base}/source/media.m3u8`)
  expect(validate(text)).toEqual([])
  expect(text.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(KILLS)

  // Killed while it deletes: it is gone all the same.
  await streamer.client.command('DELETE', `/api/studio/${streamer.slug}/videos/${id}`)
  for (let kills = 0; kills < 3; kills++) {
    await pause(random.integer(0, 250))
    await kill()
  }
  const folder = join(dataDir, 'origin', 'recordings')
  // Where uploads arrive is there before any comes.
  const left = async () => (await readdir(folder)).filter((name) => name !== '.uploads')
  await eventually('no byte of it is left', async () => (await left()).length === 0, DEADLINE)
  expect((await fetch(`${base}/source/media.m3u8`)).status).toBe(404)
}, 300_000)
