/** A file becomes a video: sent through the edge, interrupted by a reload, repackaged, published and watched. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VideoList } from '../../shared/contracts/videos.ts'
import { fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist, readMultivariantPlaylist } from '../conformance/playlist.ts'
import { findExecutable } from '../setup.ts'
import { ApiClient } from '../support/api-client.ts'
import { DESKTOP, horizontalOverflow, launchBrowser, PHONE } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { freshName, makeStreamer, type Streamer } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { ROOT } from '../support/source-files.ts'
import { studioVideos } from '../support/upload-file.ts'

const PICTURES = join(ROOT, 'tests/.artifacts/uploads')

let installation: Installation
let browser: Browser
let streamer: Streamer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-upload-'))
  installation = await startPanggung({
    env: { RECORDINGS_STOP_PERCENT: '100', RECORDINGS_WARN_PERCENT: '100' },
  })
  streamer = await makeStreamer(installation.url, installation.admin)
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
  await rm(folder, { recursive: true })
})

async function clip(fileName: string, options: readonly string[]): Promise<string> {
  const ffmpeg = findExecutable('ffmpeg')
  if (ffmpeg === undefined) throw new Error('Cannot find ffmpeg: run npm run test:setup')
  const path = join(folder, fileName)
  const sources = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=320x180:rate=25',
    '-f',
    'lavfi',
    '-i',
    'sine=frequency=440',
  ]
  await promisify(execFile)(ffmpeg, ['-v', 'error', ...sources, '-t', '12', ...options, path])
  return path
}

const UPLOAD_TIMEOUT_MS = 60_000

async function becomesAVideo(page: Page, title: string): Promise<string> {
  await page.locator('.video-row', { hasText: title }).waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  await page.getByRole('button', { name: `Terbitkan: ${title}` }).click()
  await page.getByRole('button', { name: `Jadikan draf: ${title}` }).waitFor()
  const { slug } = streamer
  return eventually(`the video ${title} is listed`, async () => {
    const { videos } = await new ApiClient(installation.url).get(`/api/videos?channel=${slug}`, VideoList)
    return videos.find((video) => video.title === title)?.id
  })
}

/** How the list of uploads looks now, for people to look at. */
async function picture(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    await page.setViewportSize(viewport)
    expect(await horizontalOverflow(page)).toBe(0)
    await page.screenshot({ path: join(PICTURES, `${name}-${size}.png`), fullPage: true })
  }
}

async function plays(page: Page, id: string): Promise<void> {
  await page.goto(`${installation.url}/v/${id}`)
  const at = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
  await page.locator('video').waitFor()
  await page.evaluate(() => void document.querySelector('video')?.play())
  await eventually('the video moves', async () => (await at()) > 0.5, { deadlineMs: UPLOAD_TIMEOUT_MS })
}

test('a file is uploaded, goes on after a reload, and is watched', async () => {
  const { url } = installation
  const { page, complaints } = await openPageAs(browser, streamer.client, { viewport: PHONE })
  const h264 = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '50',
    '-bf',
    '2',
    '-b:v',
    '6M',
    '-minrate',
    '6M',
  ]
  const mp4 = await clip('Senam hamil.mp4', [...h264, '-bufsize', '6M', '-nal-hrd', 'cbr', '-c:a', 'aac'])
  const studio = `${url}/studio/${streamer.slug}#videos`
  await page.goto(studio)
  // The second chunk waits for the reload.
  let chunks = 0
  await page.route('**/file', async (route) => {
    if (route.request().method() === 'PATCH' && ++chunks > 1) return
    await route.continue()
  })
  const choose = page.locator('input[type=file][accept*=mkv]')
  await choose.setInputFiles(mp4)
  await eventually('a chunk is on its way', () => chunks > 1)
  await picture(page, 'sending')
  page.once('dialog', (dialog) => void dialog.accept())
  await page.unroute('**/file')
  await page.goto('about:blank')
  await page.goto(studio)
  await page.getByText('Terputus. Pilih berkas yang sama').waitFor()
  const offsets: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? '')
  })
  await choose.setInputFiles(mp4)
  const first = await becomesAVideo(page, 'Senam hamil')
  expect(Number(offsets[0])).toBeGreaterThan(0)

  await choose.setInputFiles(await clip('imunisasi.mkv', [...h264, '-c:a', 'libopus']))
  const second = await becomesAVideo(page, 'imunisasi')
  for (const id of [first, second]) {
    const master = `${url}/vod/${id}/index.m3u8`
    const playlist = new URL(readMultivariantPlaylist(await fetchText(master))[0]?.uri ?? '', master).href
    const text = await fetchText(playlist)
    expect(validate(text)).toEqual([])
    const { segments, isEnded } = readMediaPlaylist(text)
    expect(isEnded).toBe(true)
    const seconds = segments.reduce((sum, { duration }) => sum + duration, 0)
    expect(seconds).toBeGreaterThan(11)
    expect(seconds).toBeLessThan(13)
  }
  // A page shows what was drawn when it came.
  await eventually(
    'its small pictures are drawn',
    async () => (await studioVideos(streamer)).some(({ id, previews }) => id === first && previews !== null),
    { deadlineMs: UPLOAD_TIMEOUT_MS },
  )
  await page.getByRole('link', { name: 'Ubah: Senam hamil' }).click()
  const player = page.getByRole('region', { name: 'Pemutar video' })
  const position = player.getByRole('slider', { name: 'Posisi' })
  // One presses the right arrow, and sees what is there.
  await eventually('its length is known', () => position.isEnabled(), { deadlineMs: UPLOAD_TIMEOUT_MS })
  await position.press('ArrowRight')
  await page.locator('.seek-picture').waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  await page.getByRole('button', { name: 'Mulai di sini' }).click()
  expect(await page.getByLabel('Mulai dari').inputValue()).toBe('0:05')
  await page.getByRole('button', { name: 'Potong', exact: true }).click()
  await page.getByText('Dipotong', { exact: true }).waitFor()
  await page
    .getByRole('button', { name: /^Gambar pada/ })
    .first()
    .click()
  await page
    .getByRole('button', { name: 'Kembali ke gambar otomatis' })
    .waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  expect(await horizontalOverflow(page)).toBe(0)
  await page.locator('input[type=file][accept*=vtt]').setInputFiles({
    name: 'takarir.vtt',
    mimeType: 'text/vtt',
    buffer: Buffer.from(
      'WEBVTT\n\n00:00.000 --> 00:03.900\nlepas\n\n00:05.000 --> 00:11.000\nTarik napas <b>3 &lt; 5\n',
    ),
  })
  await page.getByRole('button', { name: 'Hapus takarir Bahasa Indonesia' }).waitFor()
  const root = `${url}/vod/${first}/${first}/source`
  await eventually('edges know of the cut', async () => (await fetch(`${root}/seg.0.m4s`)).status === 404)
  const cut = await fetchText(`${root}/media.m3u8`)
  expect(validate(cut)).toEqual([])
  expect(readMediaPlaylist(cut).segments).toHaveLength(2)
  expect((await fetch(`${url}/api/videos/${first}/download`)).status).toBe(404)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Unduh MP4' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('Senam hamil.mp4')
  const kept = join(folder, 'kept.mp4')
  await download.saveAs(kept)
  const probe = ['-v', 'error', '-show_entries', 'format=duration,start_time', '-of', 'csv=p=0', kept]
  const { stdout } = await promisify(execFile)('ffprobe', probe)
  const [start = '', seconds = ''] = stdout.split(',')
  expect(Math.abs(Number(start))).toBeLessThan(0.1)
  expect(Math.abs(Number(seconds) - 8)).toBeLessThan(0.2)
  const master = `${url}/vod/${first}/index.m3u8`
  const subtitles = await eventually(
    'edges know of the captions',
    async () => /TYPE=SUBTITLES.*URI="([^"]+)"/.exec(await fetchText(master))?.[1],
  )
  const captions = new URL(subtitles, master).href
  expect(validate(await fetchText(captions))).toEqual([])
  const cues = await fetchText(new URL('seg.0.vtt', captions).href)
  expect(cues).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:\d+\n/)
  expect(cues).not.toContain('lepas')
  await plays(page, first)
  await page.getByLabel('Takarir').selectOption('Bahasa Indonesia')
  const shown = () =>
    page.evaluate(() =>
      [...(document.querySelector('video')?.textTracks ?? [])].flatMap((track) =>
        [...(track.cues ?? [])].map((cue) =>
          cue instanceof VTTCue ? [cue.startTime, cue.getCueAsHTML().textContent] : [],
        ),
      ),
    )
  await eventually('captions are shown', async () => (await shown()).length > 0, {
    deadlineMs: UPLOAD_TIMEOUT_MS,
  })
  expect(await shown()).toEqual([[1, 'Tarik napas 3 < 5']])
  await plays(page, second)
  expect(complaints).toEqual([])
  await goesOnForMembers(second)
})

/** It becomes one for members while a member watches. */
async function goesOnForMembers(id: string): Promise<void> {
  const { url } = installation
  const { page } = await openPageAs(browser, streamer.client)
  const changed = Promise.withResolvers<void>()
  await page.route('**/seg.1.m4s', async (route) => {
    await changed.promise
    await route.continue()
  })
  await plays(page, id)
  const path = `/api/studio/${streamer.slug}/videos/${id}`
  await streamer.client.send('PATCH', path, { json: { visibility: 'members' } })
  const segment = `${url}/vod/${id}/${id}/source/seg.1.m4s`
  await eventually('edges know of the change', async () => (await fetch(segment)).status === 401)
  changed.resolve()
  const at = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
  await eventually('the video goes on', async () => (await at()) > 5, { deadlineMs: UPLOAD_TIMEOUT_MS })
}

test('a chunk that is refused can be sent again, and a file that is none is refused with the reason', async () => {
  const name = `${freshName('bukan-film')}.mp4`
  const { page, context } = await openPageAs(browser, streamer.client, { viewport: PHONE })
  await page.goto(`${installation.url}/studio/${streamer.slug}#videos`)
  // As when the session has ended meanwhile.
  const problem = { type: 'about:blank', title: 'sign_in_required', status: 401, code: 'sign_in_required' }
  await page.route('**/file', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 401, contentType: 'application/problem+json', json: problem })
      : route.continue(),
  )
  await page.locator('input[type=file][accept*=mkv]').setInputFiles([
    { name, mimeType: 'video/mp4', buffer: Buffer.alloc(300_000, 'ini bukan film ') },
    { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('foto') },
  ])
  await page.getByText('foto.jpg: bukan video atau suara.').waitFor()
  const again = page.getByRole('button', { name: `Lanjutkan: ${name}` })
  await again.waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  expect(await page.getByRole('link', { name: 'Masuk di tab baru' }).getAttribute('target')).toBe('_blank')
  await picture(page, 'failed')
  await page.unroute('**/file')
  await again.click()
  const putAway = page.getByRole('button', { name: `Tutup: ${name}` })
  await putAway.waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  await picture(page, 'refused')
  await putAway.click()
  await eventually('it is gone', async () => (await putAway.count()) === 0)
  expect(await page.getByText(name).count()).toBe(0)
  await context.close()
})
