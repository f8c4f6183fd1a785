/** `npm run pictures`: the pictures of the README, taken from a real installation with the demo's clip on air. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { readFlvTags } from '../origin/rtmp-client/flv-file.ts'
import { paced, publishFlv } from '../origin/rtmp-client/publish-flv.ts'
import { Member } from '../shared/contracts/accounts.ts'
import { VideoLibrary } from '../shared/contracts/video-library.ts'
import { ApiClient } from './support/api-client.ts'
import { connectAs } from './support/broadcast.ts'
import { launchBrowser, moves, openPage, PHONE } from './support/browser.ts'
import { eventually } from './support/eventually.ts'
import { SETUP_CODE, startPanggung } from './support/installation.ts'
import {
  credit,
  donate,
  issueKey,
  overlayLink,
  setUpSite,
  type Person,
  type Streamer,
  grant,
  PASSWORD,
} from './support/people.ts'
import { openPageAs } from './support/sign-in-page.ts'
import { ROOT } from './support/source-files.ts'

const IMAGES = join(ROOT, 'docs/images')
const DESK = { width: 1280, height: 860 }
/** Only written on the pages: the pictures are taken on this machine. */
const PUBLIC_URL = 'http://panggung.contoh.id'
const VIDEOS = [
  { title: 'Sayur asem, resep ibu', topic: 'Sayuran', loops: 27, pictureMs: 3000 },
  { title: 'Rendang untuk lebaran', topic: 'Daging', loops: 41, pictureMs: 5000 },
  { title: 'Kue lapis tiga warna', topic: 'Kue', loops: 34, pictureMs: 1000 },
]
const MESSAGE = 'Semangat terus, salam dari Banyumas!'

const installation = await startPanggung({ isSetUp: false })
const browser = await launchBrowser()
const stopping = new AbortController()
try {
  const { url, rtmpUrl } = installation
  const admin = await setUpSite(SETUP_CODE, url, {
    name: 'Panggung Nusantara',
    publicUrl: PUBLIC_URL,
    rtmpUrl,
  })
  const streamer = await becomeStreamer(url, admin, 'dapur-bu-sari')
  const donor = await register(url, 'bu-siti')
  await credit(admin, donor.id, 525_000)
  await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, {
    json: { title: 'Dapur Bu Sari', memo: 'Masak bersama setiap sore.\nDonasi untuk dapur umum kampung.' },
  })
  await showAlertsBelow(streamer)
  await giveEarlier(donor, streamer)
  const asking = await register(url, 'posyandu-melati')
  await asking.client.send('POST', '/api/me/right-requests', {
    json: { right: 'on_air', reason: 'Siaran dari posyandu setiap bulan' },
  })

  const { streamKey } = await issueKey(streamer, streamer.slug)
  const publisher = await connectAs(rtmpUrl, streamKey)
  const tags = readFlvTags(await readFile(join(ROOT, 'origin/demo/clip.flv')))
  const publishing = publishFlv(publisher, { tags, pace: paced(), loops: Infinity, signal: stopping.signal })
  await takeWatch(browser, streamer)
  await takeDonate(browser, donor, streamer)
  await takeOverlay(browser, donor, streamer)
  await takeStudio(browser, streamer)
  await takeAdmin(browser, admin)
  stopping.abort()
  await publishing
  await publisher.close()
  await recordVideos(streamer, rtmpUrl, streamKey, tags)
  await takeVideos(browser, streamer)
} finally {
  stopping.abort()
  await browser.close()
  await installation.stop()
}

async function register(url: string, username: string): Promise<Person> {
  const request = { email: `${username}@contoh.id`, username, password: PASSWORD }
  const client = new ApiClient(url)
  const { id } = await client.post('/api/accounts/register', request, Member)
  return { client, id, username }
}

async function becomeStreamer(url: string, admin: ApiClient, username: string): Promise<Streamer> {
  const person = await register(url, username)
  for (const right of ['on_air', 'donations'] as const) await grant(admin, person.id, right)
  return { ...person, slug: username }
}

/** Where they do not cover the name in the clip. */
async function showAlertsBelow({ client, slug }: Streamer): Promise<void> {
  const path = `/api/studio/${slug}/alert-settings`
  const { files: _, ...settings } = await client.get(path, v.looseObject({ look: v.looseObject({}) }))
  const json = { ...settings, look: { ...settings.look, position: 'bottom' } }
  await client.send('PUT', path, { json })
}

async function giveEarlier(donor: Person, { slug }: Streamer): Promise<void> {
  await donate(donor, slug, { amountRupiah: 5000, isAnonymous: true })
  await donate(donor, slug, {
    amountRupiah: 50_000,
    senderName: 'Pak Wiryawan',
    message: 'Resepnya mudah diikuti.',
  })
  await donate(donor, slug, { amountRupiah: 20_000, senderName: 'Keluarga Ayu' })
}

async function takeWatch(from: Browser, { client, slug }: Streamer): Promise<void> {
  const { page, context } = await openPage(from, { viewport: DESK, locale: 'en-US' })
  await page.goto(`${client.url}/c/${slug}`)
  await moves(page)
  await take(page, 'watch')
  await context.close()
}

async function takeDonate(from: Browser, { client }: Person, { slug }: Streamer): Promise<void> {
  const { page, context } = await openPageAs(from, client, { viewport: PHONE })
  await page.goto(`${client.url}/c/${slug}/donate`)
  await page.getByLabel('Jumlah donasi').fill('25rb')
  await page.getByLabel('Nama yang ditampilkan').fill('Bu Siti')
  await page.getByLabel('Pesan').fill(MESSAGE)
  await page.getByText('Terbaca Rp25.000').waitFor()
  await take(page, 'donate', { fullPage: true })
  await context.close()
}

/** Laid over the clip, as OBS does it. */
async function takeOverlay(from: Browser, donor: Person, streamer: Streamer): Promise<void> {
  const scene = await openPage(from, { viewport: { width: 1280, height: 720 } })
  await scene.page.goto(`${donor.client.url}/c/${streamer.slug}`)
  await moves(scene.page)
  const picture = await scene.page.locator('video').evaluate((element) => {
    const video = element as HTMLVideoElement
    const canvas = Object.assign(document.createElement('canvas'), {
      width: video.videoWidth,
      height: video.videoHeight,
    })
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    return canvas.toDataURL('image/jpeg', 0.9)
  })
  await scene.context.close()
  const { page, context } = await openPage(from, { viewport: { width: 1280, height: 720 } })
  await page.goto((await overlayLink(streamer)).url.replace(PUBLIC_URL, donor.client.url))
  const ground = `url(${picture}) center / cover`
  await page.evaluate((background) => Object.assign(document.body.style, { background }), ground)
  await donate(donor, streamer.slug, { amountRupiah: 25_000, senderName: 'Bu Siti', message: MESSAGE })
  await page.locator('.alert', { hasText: MESSAGE }).waitFor()
  await page.locator('.alert').evaluate(async (alert) => {
    const entrance = alert.getAnimations().filter((each) => each.effect?.getTiming().iterations === 1)
    await Promise.allSettled(entrance.map(({ finished }) => finished))
  })
  await take(page, 'overlay')
  await context.close()
}

async function takeStudio(from: Browser, { client, slug }: Streamer): Promise<void> {
  const { page, context } = await openPageAs(from, client, { viewport: DESK, locale: 'en-US' })
  await page.goto(`${client.url}/studio/${slug}`)
  await page.getByText('Good signal').waitFor()
  await take(page, 'studio')
  await page.goto(`${client.url}/studio/${slug}#donations`)
  await page.getByText(MESSAGE).first().waitFor()
  await take(page, 'donations')
  await context.close()
}

async function takeAdmin(from: Browser, admin: ApiClient): Promise<void> {
  const { page, context } = await openPageAs(from, admin, { viewport: PHONE })
  await page.goto(`${admin.url}/admin`)
  await page.getByRole('heading', { name: 'posyandu-melati' }).waitFor()
  await take(page, 'admin', { fullPage: true })
  await context.close()
}

/** As the broadcasts of earlier days; the oldest is what was on air for the other pictures. */
async function recordVideos(
  { client, slug }: Streamer,
  rtmpUrl: string,
  streamKey: string,
  tags: ReturnType<typeof readFlvTags>,
): Promise<void> {
  const library = `/api/studio/${slug}/videos`
  const chapters = ['Bahan', 'Bumbu', 'Memasak', 'Menyajikan'].map((label, at) => ({
    startMs: at * 50_000,
    label,
  }))
  const known = new Set<string>()
  const newOne = async () => {
    const { videos } = await client.get(library, VideoLibrary)
    return videos.find(({ id, state }) => state === 'ready' && !known.has(id))
  }
  const { id } = await eventually('what was on air is a video', newOne)
  known.add(id)
  await client.send('PATCH', `${library}/${id}`, { json: { title: 'Masak sore' } })
  for (const { pictureMs, loops, ...about } of VIDEOS) {
    const publisher = await connectAs(rtmpUrl, streamKey)
    await publishFlv(publisher, { tags, pace: paced({ speed: 10 }), loops })
    await publisher.close()
    const video = await eventually('the broadcast is a video', newOne)
    known.add(video.id)
    await client.send('PATCH', `${library}/${video.id}`, { json: about })
    await client.send('PUT', `${library}/${video.id}/picture/moment`, { json: { atMs: pictureMs } })
    await client.send('PUT', `${library}/${video.id}/chapters`, { json: { chapters } })
  }
}

async function takeVideos(from: Browser, { client, slug }: Streamer): Promise<void> {
  const { page, context } = await openPageAs(from, client, { viewport: DESK, locale: 'en-US' })
  await page.goto(`${client.url}/studio/${slug}#videos`)
  await page
    .getByText(VIDEOS[0]?.title ?? '')
    .first()
    .waitFor()
  await page.waitForLoadState('networkidle')
  await page.getByRole('heading', { name: 'Your videos' }).evaluate((heading) => heading.scrollIntoView())
  await take(page, 'videos')
  const { videos } = await client.get(`/api/studio/${slug}/videos`, VideoLibrary)
  await page.goto(`${client.url}/v/${videos[0]?.id}`)
  await page.getByRole('button', { name: 'Play' }).first().click()
  await moves(page)
  await take(page, 'video')
  await context.close()
}

async function take(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  await page.screenshot({ path: join(IMAGES, `${name}.png`), ...options })
  console.log(`docs/images/${name}.png`)
}
