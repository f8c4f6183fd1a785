/**
 * A disk that fills while a broadcast is on air, with the thresholds as they are set: the streamer is warned, the
 * recording stops and goes on when there is room again, what is live never notices. The disk is a small one of its own
 * (Linux, root).
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { fetchText } from '../conformance/live-reader.ts'
import { readMediaPlaylist } from '../conformance/playlist.ts'
import { goOnAir } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { studioVideos } from '../support/upload-file.ts'
import { contentOf } from '../support/video-content.ts'

const DEADLINE = { deadlineMs: 120_000, pollMs: 200 }
const DISK_MB = 64

let disk: string
let installation: Installation
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'disk-thresholds-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'panggung-uji', disk])
  installation = await startPanggung({
    env: { RECORDINGS_DIR: join(disk, 'recordings'), RECORDINGS_CHECK_MS: '200' },
  })
})
afterAll(async () => {
  try {
    await installation.stop()
  } finally {
    execFileSync('umount', [disk])
    await rm(disk, { recursive: true })
  }
})

const ballast = () => join(disk, 'ballast')

/** Something else on the disk grows until so much of it is used. */
async function fillTo(percent: number): Promise<void> {
  await rm(ballast(), { force: true })
  const { blocks, bfree, bsize } = await statfs(disk)
  await writeFile(ballast(), Buffer.alloc(Math.round((blocks * percent) / 100 - (blocks - bfree)) * bsize))
}

test('warned at 80 %, stopped at 90 %, resumed with room: live goes on, and all that was recorded plays', async () => {
  const { url } = installation
  const onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra' })
  const { streamer, broadcastId: id } = onAir
  const { client, slug } = streamer
  const hints = async (): Promise<readonly string[]> =>
    (await client.get(`/api/studio/${slug}`, StudioChannel)).live?.health?.hints ?? ['not measured']
  const segmentsOf = async (playlist: string) => {
    const { mediaSequence, segments } = readMediaPlaylist(await fetchText(playlist))
    return mediaSequence + segments.length
  }
  const live = () => segmentsOf(`${url}/live/${slug}/${id}/source/media.m3u8`)
  const recorded = () => segmentsOf(`${url}/vod/${id}/${id}/dvr/media.m3u8`)
  const growsBy = async (what: string, count: () => Promise<number>, by: number) => {
    const before = await count()
    await eventually(`${what} goes on`, async () => (await count()) >= before + by, DEADLINE)
  }
  const told = (hint: string) =>
    eventually(`the streamer is told ${hint}`, async () => (await hints()).includes(hint), DEADLINE)

  await eventually('it is recorded', recorded, DEADLINE)
  await fillTo(82)
  await told('recording_disk_filling')
  await growsBy('the recording', recorded, 2)
  await fillTo(93)
  await told('recording_disk_full')
  // A segment that had begun is still written.
  await growsBy('what is live', live, 2)
  const stoppedAt = await recorded()
  await growsBy('what is live', live, 3)
  expect(await recorded()).toBe(stoppedAt)
  await rm(ballast())
  await eventually(
    'nothing is wrong',
    async () => (await hints()).every((hint) => !hint.startsWith('recording_')),
    DEADLINE,
  )
  await growsBy('the recording', recorded, 2)
  // Not a byte more than the disk holds.
  await fillTo(100)
  await told('recording_disk_full')
  await growsBy('what is live', live, 3)
  expect(await recorded()).toBeGreaterThan(0)
  await rm(ballast())
  await growsBy('the recording', recorded, 2)
  await onAir.stop()

  const video = await eventually(
    'it is a video',
    async () => (await studioVideos(streamer)).find((each) => each.id === id && each.state === 'ready'),
    DEADLINE,
  )
  const text = await fetchText(`${url}${video.playlist.replace('index.m3u8', `${id}/source/media.m3u8`)}`)
  expect(readMediaPlaylist(text).segments.filter((each) => each.isDiscontinuous)).toHaveLength(2)
  expect((await contentOf(url, id)).length).toBeGreaterThan(0)
}, 600_000)
