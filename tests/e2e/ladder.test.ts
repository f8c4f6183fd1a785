/** A ladder by the real ffmpeg, in a real browser: sizes, switching, and what happens when ffmpeg is killed. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { fetchPlaylist, fetchText } from '../conformance/live-reader.ts'
import { readMultivariantPlaylist } from '../conformance/playlist.ts'
import { goOnAir, type OnAir } from '../support/broadcast.ts'
import { launchBrowser, openPage, playback } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'

let folder: string
let installation: Installation
let browser: Browser
let onAir: OnAir
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-ladder-'))
  // The real one; where it makes the ladder, and not a still or a trial, it tells its number first.
  const ffmpeg = join(folder, 'ffmpeg')
  await writeFile(
    ffmpeg,
    `#!/bin/sh\ncase "$*" in *force_key_frames*) echo $$ >> ${folder}/pids ;; esac\nexec ffmpeg "$@"\n`,
  )
  await chmod(ffmpeg, 0o755)
  installation = await startPanggung({
    env: { LADDER: '240p,144p,audio', FFMPEG_PATH: ffmpeg, LADDER_RESTART_MS: '1500' },
  })
  browser = await launchBrowser()
  onAir = await goOnAir(installation, { fixture: 'obs-30' })
})
afterAll(async () => {
  await browser.close()
  await onAir.stop()
  // Killed without a chance to tidy up: nothing of it may be left, ffmpeg least of all.
  await installation.stop({ signal: 'SIGKILL' })
  await rm(folder, { recursive: true })
})

const indexUrl = () => installation.url + onAir.playlist

async function variants() {
  const list = readMultivariantPlaylist(await fetchText(indexUrl()))
  return new Map(list.map((variant) => [variant.uri.split('/').at(-2) ?? '', variant]))
}

function listing(...names: string[]) {
  return eventually(`the playlist lists ${names.join(', ')}`, async () => {
    const listed = await variants()
    return [...listed.keys()].toSorted().join() === names.toSorted().join() && listed
  })
}

async function mediaOf(uri: string | undefined) {
  return fetchPlaylist(new URL(uri ?? '', indexUrl()).href)
}

/** Frames go on being shown at this width. */
async function showsWidth(page: Page, width: number): Promise<void> {
  const before = await eventually(`a picture ${width} wide`, async () => {
    const now = await playback(page)
    return now?.width === width && now
  })
  await eventually('the picture moves', async () => {
    const now = await playback(page)
    return now?.width === width && now.shownFrames >= before.shownFrames + 15
  })
}

test('every rendition is listed as it is, and cut where the source is', async () => {
  const listed = await listing('source', '240p', '144p', 'audio')
  expect(listed.get('240p')?.attributes).toMatchObject({ RESOLUTION: '426x240', 'FRAME-RATE': '30.000' })
  expect(listed.get('144p')?.attributes).toMatchObject({ RESOLUTION: '256x144' })
  expect(listed.get('144p')?.attributes['CODECS']).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/)
  expect(listed.get('audio')?.attributes).toMatchObject({ CODECS: 'mp4a.40.2' })
  for (const { attributes } of listed.values())
    expect(Number(attributes['BANDWIDTH'])).toBeGreaterThanOrEqual(Number(attributes['AVERAGE-BANDWIDTH']))
  const [source, ...others] = await Promise.all(
    ['source', '240p', '144p', 'audio'].map((name) => mediaOf(listed.get(name)?.uri)),
  )
  const segments = new Map(source?.segments.map((segment) => [segment.msn, segment]))
  for (const other of others) {
    const shared = other.segments.filter(({ msn }) => segments.has(msn))
    expect(shared.length).toBeGreaterThan(0)
    for (const { msn, programDateTime, duration, parts } of shared) {
      const own = segments.get(msn)
      expect({ programDateTime, duration, parts: parts.length }).toEqual({
        programDateTime: own?.programDateTime,
        duration: own?.duration,
        parts: own?.parts.length,
      })
    }
    expect(other).toMatchObject({ targetDuration: source?.targetDuration, partTarget: source?.partTarget })
  }
})

test('a viewer chooses a quality, keeps it, and is taken elsewhere while it is gone', async () => {
  const listed = await listing('source', '240p', '144p', 'audio')
  const { page, context, complaints } = await openPage(browser)
  await page.goto(`${installation.url}/c/${onAir.streamer.slug}`)
  const menu = page.getByLabel('Kualitas gambar')
  await menu.waitFor()
  expect(await menu.locator('option').allTextContents()).toEqual([
    expect.stringMatching(/^Otomatis/),
    '360p',
    '240p',
    '144p',
  ])
  for (const [side, width] of [
    ['144', 256],
    ['360', 640],
    ['240', 426],
  ] as const) {
    await menu.selectOption(side)
    await showsWidth(page, width)
  }
  await page.reload()
  await showsWidth(page, 426)
  expect(await menu.inputValue()).toBe('240')
  expect(complaints).toEqual([])

  await killFfmpeg()
  await showsWidth(page, 640)
  await eventually('the streamer is told', async () => {
    const { slug, client } = onAir.streamer
    const { live } = await client.get(`/api/studio/${slug}`, StudioChannel)
    return live?.health?.hints.includes('ladder_failed')
  })
  const again = await listing('source', '240p', '144p', 'audio')
  const firstMsn = async (uri: string | undefined) => (await mediaOf(uri)).mediaSequence
  expect(await firstMsn(again.get('240p')?.uri)).toBeGreaterThan(await firstMsn(listed.get('source')?.uri))
  await menu.selectOption('144')
  await showsWidth(page, 256)
  await context.close()
})

test('cards and links show what is on air', async () => {
  const { slug } = onAir.streamer
  const answer = await fetch(`${installation.url}/live/${slug}/still.jpg`)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=5',
  })
  expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 6, 10)).toMatch(/JFIF|Lavc|Exif/)
  const html = await (await fetch(`${installation.url}/c/${slug}`)).text()
  expect(html).toContain(`<meta property="og:image" content="${installation.url}/live/${slug}/still.jpg">`)
  const { page, context, complaints } = await openPage(browser)
  await page.goto(installation.url)
  await eventually('the card shows the picture', () =>
    page.locator(`a[href="/c/${slug}"] img.channel-card-still`).evaluate((image) => {
      return image instanceof HTMLImageElement && !image.hidden && image.naturalWidth === 640
    }),
  )
  expect(complaints).toEqual([])
  await context.close()
})

async function killFfmpeg(): Promise<void> {
  const pids = (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number)
  const last = pids.at(-1)
  if (last === undefined) throw new Error('No ffmpeg was started')
  process.kill(last, 'SIGKILL')
}
