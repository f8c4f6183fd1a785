/** An alert travels with the picture: the watch page shows it when its own media is there, at whatever delay. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { DESKTOP, openPage, PHONE, playback } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { takePicture } from '../support/page-picture.ts'
import { donate, makeDonor, overlayLink } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'
import { VideoList } from '../../shared/contracts/videos.ts'
import { fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist } from '../conformance/playlist.ts'

const story = beginStory()

test('a donation on the overlay is told below the picture when its moment of the media is played', async () => {
  const { url, admin } = story.installation
  const onAir = await goOnAir(story.installation, { fixture: 'obs-30', latencyMode: 'ultra' })
  const { streamer, broadcastId } = onAir
  const donor = await makeDonor(url, admin, 1_000_000)
  const overlay = await openPage(story.browser)
  await overlay.page.goto((await overlayLink(streamer)).url)
  await overlay.page.locator('body[data-holder="true"]').waitFor()
  const watch = await openPage(story.browser, { viewport: PHONE })
  await watch.page.goto(`${url}/c/${streamer.slug}`)
  await eventually('the picture moves', async () => ((await playback(watch.page))?.shownFrames ?? 0) > 5)
  await watch.page.evaluate(() => document.querySelector('video')?.pause())
  let pausedAt: number | undefined
  // The last frames of a busy browser come after the word.
  await eventually('the picture stands', async () => {
    const before = pausedAt
    pausedAt = (await playback(watch.page))?.currentTime
    return pausedAt === before
  })

  const message = 'satu "dua" <b>tiga</b>\u202e,X-EVIL=1'
  await donate(donor, streamer.slug, { amountRupiah: 20_000, senderName: 'Bu Rini', message })
  await overlay.page.locator('.alert').getByText('Bu Rini').waitFor()
  const playlist = `${url}/live/${streamer.slug}/${broadcastId}/source/media.m3u8`
  const listed = await eventually('the playlist tells of it', async () => {
    const text = await (await fetch(playlist)).text()
    expect(validate(text)).toEqual([])
    return readMediaPlaylist(text).dateRanges[0]
  })
  expect(listed.attributes).toMatchObject({
    CLASS: 'panggung.alert',
    'X-PANGGUNG-NAME': 'Bu Rini',
    'X-PANGGUNG-AMOUNT': '20000',
    'X-PANGGUNG-MESSAGE': 'satu ”dua” <b>tiga</b>,X-EVIL=1',
  })
  // This viewer has not come so far: the overlay shows it, the playlist lists it, the page does not.
  const line = watch.page.locator('[data-stream-alert]')
  await expect(line.count()).resolves.toBe(0)
  expect((await playback(watch.page))?.currentTime).toBe(pausedAt)

  await watch.page.evaluate(() => document.querySelector('video')?.play())
  await line.getByText('Bu Rini').waitFor()
  await line.getByText('Rp20.000').waitFor()
  await line.getByText('satu ”dua” <b>tiga</b>').waitFor()
  await expect(line.locator('b').count()).resolves.toBe(0)
  await takePicture(watch.page, 'alerts/watch-alert-phone.png')
  await line.waitFor({ state: 'detached', timeout: 30_000 })
  await onAir.stop()

  // The recording tells of it at the same moment of the picture, and keeps no word of it.
  const video = await eventually(
    'the recording is a video',
    async () => {
      const { videos } = await new ApiClient(url).get(`/api/videos?channel=${streamer.slug}`, VideoList)
      return videos.find(({ id }) => id === broadcastId)
    },
    { deadlineMs: 60_000 },
  )
  const recorded = await fetchText(`${url}/vod/${video.id}/${video.id}/source/media.m3u8`)
  expect(validate(recorded)).toEqual([])
  expect(recorded).not.toContain('Rini')
  const [again] = readMediaPlaylist(recorded).dateRanges
  expect(again).toEqual({
    ...listed,
    attributes: pick(listed.attributes, ['ID', 'CLASS', 'START-DATE', 'DURATION']),
  })
  await watch.page.goto(`${url}/v/${video.id}`)
  const seek = (seconds: number) =>
    watch.page.evaluate(async (to) => {
      const element = document.querySelector('video')
      if (!element) return
      element.muted = true
      element.currentTime = to
      await element.play()
    }, seconds)
  const startsAt = (Date.parse(listed.attributes['START-DATE'] ?? '') - firstPictureOf(recorded)) / 1000
  await lengthIsKnown(watch.page)
  await seek(Math.max(0, startsAt - 1))
  await line.getByText('satu "dua" <b>tiga</b>').waitFor({ timeout: 60_000 })
  const shownAt = (await playback(watch.page))?.currentTime ?? 0
  expect(shownAt).toBeGreaterThanOrEqual(startsAt)
  expect(shownAt).toBeLessThan(startsAt + Number(listed.attributes['DURATION']))
  await takePicture(watch.page, 'alerts/video-alert-phone.png')
  await seek(0)
  await line.waitFor({ state: 'detached' })
  await seek(shownAt)
  await line.getByText('Bu Rini').waitFor()

  // The streamer makes a chapter of it, and viewers find it there.
  const studio = await openPageAs(story.browser, streamer.client, { viewport: DESKTOP })
  await studio.page.goto(`${url}/studio/${streamer.slug}/videos/${video.id}`)
  await studio.page.getByLabel('Alert yang menjadi bab rekaman').selectOption('10000')
  await studio.page.getByRole('button', { name: 'Simpan bab' }).click()
  await studio.page.locator('.chapter-row').getByText('Bu Rini · Rp20.000').waitFor()
  await takePicture(studio.page, 'alerts/alert-chapters-studio.png', { fullPage: true })
  const chapter = watch.page.getByRole('link', { name: 'Lompat ke Bu Rini · Rp20.000' })
  await eventually(
    'it is a chapter',
    async () => {
      await watch.page.goto(`${url}/v/${video.id}`)
      await watch.page.locator('video').waitFor()
      return (await chapter.count()) > 0
    },
    { pollMs: 500 },
  )
  await lengthIsKnown(watch.page)
  await chapter.click()
  const linkedTo = Number(/#t=([\d.]+)/.exec((await chapter.getAttribute('href')) ?? '')?.[1])
  expect(Math.abs(linkedTo - startsAt)).toBeLessThan(0.1)
  await eventually(
    'the player goes there',
    async () => ((await playback(watch.page))?.currentTime ?? 0) >= startsAt - 0.1,
  )
  await takePicture(watch.page, 'alerts/alert-chapters-phone.png', { fullPage: true })
  await studio.context.close()
  expect([...overlay.complaints, ...watch.complaints]).toEqual([])
  for (const { context } of [overlay, watch]) await context.close()
})

/** Before that, nobody can go to a moment of it. */
async function lengthIsKnown(page: Page): Promise<void> {
  await eventually('its length is known', () =>
    page.evaluate(() => (document.querySelector('video')?.duration ?? 0) > 0),
  )
}

function firstPictureOf(playlist: string): number {
  return Date.parse(/^#EXT-X-PROGRAM-DATE-TIME:(.+)$/m.exec(playlist)?.[1] ?? '')
}

function pick(
  attributes: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)))
}
