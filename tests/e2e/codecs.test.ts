/** Codecs beyond H.264 and AAC in a real browser: played where it can, and said plainly where it cannot. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { goOnAir } from '../support/broadcast.ts'
import { openPage, PHONE, playback } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { beginStory } from '../support/story.ts'

const story = beginStory()

function canPlay(page: Page, codecs: string): Promise<boolean> {
  return page.evaluate((type) => MediaSource.isTypeSupported(type), `video/mp4; codecs="${codecs}"`)
}

test('AV1 and Opus by Enhanced RTMP: the picture moves and there is sound', async () => {
  const onAir = await goOnAir(story.installation, { fixture: 'av1-opus', latencyMode: 'low' })
  const { page, context, complaints } = await openPage(story.browser)
  await page.goto(`${story.installation.url}/c/${onAir.streamer.slug}`)
  expect(await canPlay(page, 'av01.0.00M.08,opus')).toBe(true)
  const first = await eventually('a picture', async () => {
    const now = await playback(page)
    return now !== undefined && now.shownFrames > 0 ? now : undefined
  })
  const later = await eventually('more than two loops of the clip have been played', async () => {
    const now = await playback(page)
    const isFar = now !== undefined && now.currentTime > first.currentTime + 9
    return isFar && now.decodedAudioBytes > first.decodedAudioBytes ? now : undefined
  })
  expect(later).toMatchObject({ width: 320, paused: false, error: null })
  expect(later.shownFrames).toBeGreaterThan(first.shownFrames + 100)
  expect(complaints).toEqual([])
  await context.close()
  await onAir.stop()
})

test('a browser without HEVC says which format it lacks, and plays when the encoder changes it', async () => {
  const hevc = await goOnAir(story.installation, { fixture: 'hevc-aac', latencyMode: 'low' })
  const { page, context, complaints } = await openPage(story.browser, { viewport: PHONE })
  await page.goto(`${story.installation.url}/c/${hevc.streamer.slug}`)
  // Debian's Chromium; where this is no longer so, the test above is the one to copy.
  expect(await canPlay(page, 'hvc1.1.6.L60.90')).toBe(false)
  await page.getByText('Peramban ini tidak dapat memutar siaran').waitFor()
  await page.getByText('format H.265').waitFor()
  expect(await page.getByText('Siaran segera tampil').count()).toBe(0)
  expect(complaints).toEqual([])
  await hevc.stop()
  await page.getByText('Siaran sudah selesai').waitFor()
  const avc = await goOnAir(story.installation, {
    fixture: 'obs-30',
    latencyMode: 'low',
    streamer: hevc.streamer,
    streamKey: hevc.streamKey,
  })
  await eventually('a picture', async () => ((await playback(page))?.shownFrames ?? 0) > 0)
  await context.close()
  await avc.stop()
})
