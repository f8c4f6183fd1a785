/** A broadcast becomes a video: watched from its start while on air, afterwards, and until it is deleted. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { VideoList } from '../../shared/contracts/videos.ts'
import { fetchBytes, fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist, readMultivariantPlaylist } from '../conformance/playlist.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { horizontalOverflow, launchBrowser, openPage, PHONE } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { startS3Server, type S3Server } from '../support/s3-server.ts'

let installation: Installation
let browser: Browser
let storage: S3Server
beforeAll(async () => {
  storage = await startS3Server()
  installation = await startPanggung({
    env: {
      RECORDINGS_STOP_PERCENT: '100',
      RECORDINGS_WARN_PERCENT: '100',
      RECORDINGS_STORAGE: 's3',
      STORAGE_RETRY_MS: '200',
      ...storage.env,
    },
  })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
  await storage.stop()
})

const VIDEO_TIMEOUT_MS = 60_000

/** The clip is short and starts again and again: what counts is that it moves. */
async function moves(page: Page): Promise<void> {
  const at = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
  const before = await at()
  await eventually('the video moves', async () => (await at()) > before + 0.5, {
    deadlineMs: VIDEO_TIMEOUT_MS,
  })
}

test('a broadcast is watched from its start, then as a video, and is gone when it is deleted', async () => {
  const { url } = installation
  const visitor = new ApiClient(url)
  const first = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra' })
  const { slug, client } = first.streamer
  const live = () => visitor.get(`/api/channels/${slug}/live`, LiveState)
  const dvr = await eventually(
    'it can be watched from its start',
    async () => (await live()).dvr ?? undefined,
  )

  const watched = await openPage(browser, { viewport: PHONE })
  await watched.page.goto(`${url}/c/${slug}`)
  await watched.page.getByRole('button', { name: 'Tonton dari awal' }).click()
  await moves(watched.page)
  await watched.page.getByRole('button', { name: 'Ke siaran LANGSUNG' }).click()
  await watched.page.locator('.player[data-state=playing]').waitFor()
  // The loss of the line is another story.
  await watched.page.goto('about:blank')

  // The line is lost, and the same key comes back.
  first.publisher.abort()
  await first.played.catch(() => undefined)
  await eventually('the loss is known', async () => (await live()).broadcast?.state === 'interrupted')
  const second = await goOnAir(installation, {
    fixture: 'obs-30',
    streamer: first.streamer,
    streamKey: first.streamKey,
  })
  expect(second.broadcastId).toBe(first.broadcastId)
  const growing = new URL(readMultivariantPlaylist(await fetchText(url + dvr))[0]?.uri ?? '', url + dvr).href
  await eventually(
    'what comes after is there too',
    async () => {
      const playlist = readMediaPlaylist(await fetchText(growing))
      return (
        playlist.segments.at(-1)?.isDiscontinuous === false &&
        playlist.segments.some((each) => each.isDiscontinuous)
      )
    },
    { deadlineMs: VIDEO_TIMEOUT_MS },
  )
  expect(readMediaPlaylist(await fetchText(growing))).toMatchObject({ type: 'EVENT', isEnded: false })

  // One viewer is in the middle of it at the end, another is live.
  await watched.page.goto(`${url}/c/${slug}`)
  await watched.page.getByRole('button', { name: 'Tonton dari awal' }).click()
  await moves(watched.page)
  const livePage = await watched.context.newPage()
  await livePage.goto(`${url}/c/${slug}`)
  await livePage.locator('.player[data-state=playing]').waitFor({ timeout: VIDEO_TIMEOUT_MS })
  await second.stop()
  await watched.page.getByText('Siaran sudah selesai; ini rekamannya.').waitFor({ timeout: VIDEO_TIMEOUT_MS })
  expect(await watched.page.getByRole('button', { name: 'Ke siaran LANGSUNG' }).count()).toBe(0)
  await watched.page.goto('about:blank')
  const offer = livePage.getByRole('link', { name: 'Tonton rekamannya' })
  await offer.waitFor({ timeout: VIDEO_TIMEOUT_MS })
  expect(await offer.getAttribute('href')).toBe(`/v/${first.broadcastId}`)
  await livePage
    .locator(`a.video-card[href="/v/${first.broadcastId}"]`)
    .waitFor({ timeout: VIDEO_TIMEOUT_MS })
  await livePage.close()

  const video = await eventually(
    'the recording is a video',
    async () => {
      const { videos } = await visitor.get(`/api/videos?channel=${slug}`, VideoList)
      return videos.find(({ id, stillUrl }) => id === first.broadcastId && stillUrl !== null)
    },
    { deadlineMs: VIDEO_TIMEOUT_MS },
  )
  const folder = join(installation.dataDir, 'origin', 'recordings')
  await eventually(
    'its media is in the storage, and not on the disk any more',
    async () => !(await readdir(join(folder, video.id))).includes('media.mp4'),
    { deadlineMs: VIDEO_TIMEOUT_MS },
  )
  expect(storage.objects.has(`videos/${video.id}/manifest.json`)).toBe(true)
  const indexUrl = `${url}/vod/${video.id}/index.m3u8`
  const mediaUrl = new URL(readMultivariantPlaylist(await fetchText(indexUrl))[0]?.uri ?? '', indexUrl).href
  const text = await fetchText(mediaUrl)
  expect(validate(text)).toEqual([])
  const playlist = readMediaPlaylist(text)
  expect(playlist).toMatchObject({ type: 'VOD', isEnded: true })
  expect(playlist.segments.filter((each) => each.isDiscontinuous)).toHaveLength(1)
  const seconds = playlist.segments.reduce((sum, { duration }) => sum + duration, 0)
  expect(Math.abs(seconds - video.durationMs / 1000)).toBeLessThan(0.1)
  for (const { uri } of playlist.segments)
    expect((await fetchBytes(new URL(uri, mediaUrl).href)).length).toBeGreaterThan(0)
  // Small pictures to find a moment by, drawn when everything else is done.
  const previews = `${url}/vod/${video.id}/previews.vtt`
  await eventually('it has previews', async () => (await fetch(previews)).ok, {
    deadlineMs: VIDEO_TIMEOUT_MS,
  })
  expect(await fetchText(previews)).toContain('previews.jpg#xywh=0,0,160,90')
  expect((await fetchBytes(`${url}/vod/${video.id}/previews.jpg`)).subarray(0, 2)).toEqual(
    new Uint8Array([0xff, 0xd8]),
  )
  expect((await fetchBytes(url + (video.stillUrl ?? ''))).subarray(0, 2)).toEqual(
    new Uint8Array([0xff, 0xd8]),
  )

  // The address of the broadcast shows its recording.
  await watched.page.goto(`${url}/b/${first.broadcastId}`)
  await watched.page.locator('video').waitFor()
  await watched.page.evaluate(() => document.querySelector('video')?.play())
  await moves(watched.page)
  expect(await horizontalOverflow(watched.page)).toBe(0)
  expect(watched.complaints).toEqual([])
  await watched.context.close()

  // In the studio it is named, found, and deleted.
  const cookies = client.cookies.map(({ name, value }) => ({ name, value, url }))
  const studio = await openPage(browser, { viewport: PHONE, cookies })
  const { page } = studio
  await page.goto(`${url}/studio/${slug}#videos`)
  await page.getByRole('link', { name: /^Ubah:/ }).click()
  await page.getByLabel('Judul').fill('Kelas ibu hamil')
  await page.getByLabel('Topik').fill('Kehamilan')
  await page.getByRole('button', { name: 'Simpan' }).click()
  await page.getByRole('heading', { name: 'Kelas ibu hamil' }).waitFor()
  expect(await horizontalOverflow(page)).toBe(0)
  await page.getByRole('link', { name: 'Semua video' }).click()
  await page.getByRole('button', { name: /^Pertahankan:/ }).click()
  await page.getByText('Dipertahankan', { exact: true }).waitFor()
  expect(await horizontalOverflow(page)).toBe(0)
  await page.goto(`${url}/`)
  await page.getByRole('button', { name: 'Kehamilan' }).click()
  await page.getByText('Kelas ibu hamil').waitFor()
  await page.goto(`${url}/studio/${slug}#videos`)
  await page.getByRole('button', { name: /^Hapus:/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click()
  await page.getByText('Belum ada video').waitFor()
  expect(studio.complaints).toEqual([])
  await studio.context.close()
  await eventually('no edge sends it', async () => (await fetch(indexUrl)).status === 404)
  await eventually(
    'no byte of it is left',
    async () =>
      // The studio has drawn the channel's picture for links, which stays.
      ![...(await readdir(folder)), ...storage.objects.keys()].some((each) => each.includes(video.id)),
  )
}, 180_000)
