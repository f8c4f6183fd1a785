/** An evening on Workers: signing up, a broadcast by ffmpeg in a real browser, and a donation on the overlay. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { ApiClient } from '../support/api-client.ts'
import { launchBrowser, openPage, playback } from '../support/browser.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually } from '../support/eventually.ts'
import { balanceOf, donate, issueKey, makeDonor, makeStreamer, overlayLink } from '../support/people.ts'
import { startWorkerInstallation, type WorkerInstallation } from '../support/worker-installation.ts'

let installation: WorkerInstallation
let browser: Browser
beforeAll(async () => {
  installation = await startWorkerInstallation()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await installation?.stop()
})

test('a broadcast plays, a donation moves money and its alert is shown once', async () => {
  const { url, rtmpUrl, admin } = installation
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, 100_000)
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const encoder = startEncoder(`${rtmpUrl}/${streamKey}`)
  try {
    await eventually('the broadcast is on air', async () => {
      const { playlist } = await new ApiClient(url).get(`/api/channels/${streamer.slug}/live`, LiveState)
      return playlist !== null && (await fetch(url + playlist)).ok
    })
    const watched = await openPage(browser)
    await watched.page.goto(`${url}/c/${streamer.slug}`)
    const first = await eventually(
      'a picture',
      async () => {
        const now = await playback(watched.page)
        return now !== undefined && now.shownFrames > 0 ? now : undefined
      },
      { deadlineMs: 40_000 },
    )
    await eventually('the picture moves and there is sound', async () => {
      const now = await playback(watched.page)
      return (
        now !== undefined &&
        now.shownFrames >= first.shownFrames + 25 &&
        now.decodedAudioBytes > first.decodedAudioBytes
      )
    })
    expect((await playback(watched.page))?.error).toBeNull()

    const overlay = await openPage(browser)
    await overlay.page.goto((await overlayLink(streamer)).url.replace(/^http:\/\/[^/]+/, url))
    await overlay.page.locator('body[data-stream="open"]').waitFor()
    await donate(donor, streamer.slug, { amountRupiah: 25_000, message: 'dari pekerja tepi' })
    await overlay.page.getByText('dari pekerja tepi').waitFor()
    expect(await balanceOf(donor)).toBe(75_000)
    expect(await balanceOf(streamer)).toBe(25_000)
    expect(watched.complaints).toEqual([])
    expect(overlay.complaints).toEqual([])
    await watched.context.close()
    await overlay.context.close()
  } finally {
    await encoder.stop('SIGINT')
  }
})
