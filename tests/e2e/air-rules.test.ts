/** The rules of the air in the hands of people: a key for a phone, a limit, a restream target, a monitor. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Browser } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StudioBroadcast, StudioChannel } from '../../shared/contracts/studio.ts'
import { findExecutable } from '../setup.ts'
import { goOnAir, refusalOf } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { horizontalOverflow, launchBrowser, PHONE } from '../support/browser.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { takePicture } from '../support/page-picture.ts'
import { issueKey, makeStreamer, type Streamer, withdraw } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

let installation: Installation
let browser: Browser
let streamer: Streamer

beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
  streamer = await makeStreamer(installation.url, installation.admin)
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

test('a limit that an admin sets is what the streamer reads', async () => {
  const { page, context, complaints } = await openPageAs(browser, installation.admin, {
    locale: 'en-US',
    viewport: PHONE,
  })
  await page.goto(`${installation.url}/admin#limits`)
  await page.getByLabel('Highest bitrate').fill('enam')
  await page.getByText('Enter a number').waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.getByLabel('Highest bitrate').fill('6000')
  await page.getByLabel('Highest resolution').selectOption('1080p')
  await page.getByLabel('Length of a broadcast').fill('1.5')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Limits saved').waitFor()
  await takePicture(page, 'air-rules/admin-limits.png', { fullPage: true })
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
  expect(complaints).toEqual([])
  await context.close()

  const studio = await openPageAs(browser, streamer.client, { locale: 'en-US' })
  await studio.page.goto(`${installation.url}/studio/${streamer.slug}`)
  await studio.page
    .getByText('Limits set by an admin: bitrate 6,000 kb/s, resolution 1080p, length 1.5 h.')
    .waitFor()
  await studio.context.close()
})

test('a phone key is shown once, with a code to scan, and goes on air until it is revoked', async () => {
  const { page, context, complaints } = await openPageAs(browser, streamer.client, {
    locale: 'en-US',
    viewport: PHONE,
  })
  await page.goto(`${installation.url}/studio/${streamer.slug}`)
  await page.getByLabel('Name of the key').fill('Phone of the nurse')
  await page.getByLabel('For', { exact: true }).selectOption('short')
  await page.getByRole('button', { name: 'Make a stream key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('img', { name: 'QR code' }).waitFor()
  const key = ((await dialog.locator('.typed-key').textContent()) ?? '').trim()
  expect(key).toMatch(/^[2-9a-hjkmnp-z]{24}$/)
  await takePicture(page, 'air-rules/phone-key.png')
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
  await page.keyboard.press('Escape')
  await page.getByText('It was shown once').waitFor()
  expect(await page.content()).not.toContain(key)

  const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer, streamKey: key })
  await page.getByText('Time left').waitFor()
  await takePicture(page, 'air-rules/studio-on-air.png', { fullPage: true })
  await page.getByRole('button', { name: 'Revoke the key Phone of the nurse' }).click()
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('Key revoked').waitFor()
  await onAir.publisher.closed
  expect(await refusalOf(installation.rtmpUrl, key)).toBe('NetStream.Publish.Unauthorized')
  expect(installation.server.output).not.toContain(key)
  expect(complaints).toEqual([])
  await context.close()
})

test('a restream target keeps its key to itself, and is deleted only when asked twice', async () => {
  const { page, context, complaints } = await openPageAs(browser, streamer.client, {
    locale: 'en-US',
    viewport: PHONE,
  })
  await page.goto(`${installation.url}/studio/${streamer.slug}`)
  await page.getByRole('button', { name: 'Add a target' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Server').fill('rtmp://127.0.0.1/live')
  await dialog.getByLabel('Name').fill('Home')
  await dialog.getByLabel('Key from that service').fill('canary-key-1234')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('on the internet').waitFor()
  await dialog.getByLabel('Name').fill('')
  await dialog.getByLabel('Service', { exact: true }).selectOption('YouTube')
  await takePicture(page, 'air-rules/restream-form.png')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('key ••••1234').waitFor()
  expect(await page.content()).not.toContain('canary')
  await page.getByRole('checkbox', { name: 'YouTube' }).uncheck()
  await page.getByRole('checkbox', { name: 'YouTube', checked: false }).waitFor()
  await takePicture(page, 'air-rules/restreams.png', { fullPage: true })
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Delete: YouTube' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Target deleted').waitFor()
  await page.getByText('YouTube', { exact: true }).waitFor({ state: 'detached' })
  expect(installation.server.output).not.toContain('canary')
  expect(complaints.filter((line) => !/ 422 /.test(line))).toEqual([])
  await context.close()
})

test('a monitor address is made on request, and ffmpeg plays it', async () => {
  const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer })
  const { page, context, complaints } = await openPageAs(browser, streamer.client, { locale: 'en-US' })
  await page.goto(`${installation.url}/studio/${streamer.slug}`)
  await page.getByRole('button', { name: 'Make an address' }).click()
  const address = page.getByText(`${installation.rtmpUrl}/${streamer.slug}?token=`)
  await address.waitFor()
  const url = (await address.textContent()) ?? ''
  const ffmpeg = spawn(
    findExecutable('ffmpeg') ?? 'ffmpeg',
    ['-hide_banner', '-loglevel', 'error', '-i', url, '-frames:v', '30', '-f', 'null', '-'],
    { stdio: 'ignore' },
  )
  expect(await once(ffmpeg, 'exit')).toEqual([0, null])
  expect(installation.server.output).not.toContain(url.split('?token=')[1])
  await onAir.stop()
  expect(complaints).toEqual([])
  await context.close()
})

const NO_LIMITS = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
const Broadcasts = v.object({ broadcasts: v.array(StudioBroadcast) })

function limitChannel({ slug }: Streamer, limits: Partial<Record<keyof typeof NO_LIMITS, number>>) {
  const json = { ...NO_LIMITS, ...limits }
  return installation.admin.send('PUT', `/api/admin/channels/${slug}/limits`, { json })
}

describe('a running broadcast ends with the reason', () => {
  test.each([
    ['right_withdrawn', ({ id }: Streamer) => withdraw(installation.admin, id, 'on_air')],
    [
      'kicked',
      (_: Streamer, broadcast: string) =>
        installation.admin.command('POST', `/api/admin/broadcasts/${broadcast}/end`, { reason: 'uji coba' }),
    ],
    ['time_limit', (person: Streamer) => limitChannel(person, { maxDurationSeconds: 1 })],
  ] as const)('%s', async (reason, act) => {
    const onAir = await goOnAir(installation, { fixture: 'obs-30' })
    await act(onAir.streamer, onAir.broadcastId)
    await onAir.publisher.closed
    const { client, slug } = onAir.streamer
    const ending = await eventually('the studio says why', async () => {
      const { broadcasts } = await client.get(`/api/studio/${slug}/broadcasts`, Broadcasts)
      return broadcasts[0]?.endReason ?? undefined
    })
    expect(ending).toBe(reason)
  })
})

test('with no room left the next encoder is refused, and let in when there is some', async () => {
  const setRoom = (maxBroadcasts: number | null) =>
    installation.admin.send('PUT', '/api/admin/limits', { json: { ...NO_LIMITS, maxBroadcasts } })
  const onAir = await goOnAir(installation, { fixture: 'obs-30' })
  const next = await makeStreamer(installation.url, installation.admin)
  const { streamKey } = await issueKey(next, next.slug)
  await setRoom(1)
  expect(await refusalOf(installation.rtmpUrl, streamKey)).toBe('NetStream.Publish.Unauthorized')
  await eventually('the log says why', () => installation.server.output.includes('too_many_broadcasts'))
  await setRoom(null)
  expect(await refusalOf(installation.rtmpUrl, streamKey)).toBeUndefined()
  await onAir.stop()
})

test('a broadcast is forwarded to another installation, and the studio says so', async () => {
  const source = await startPanggung({ env: { RESTREAM_PRIVATE: 'allow' } })
  try {
    const elsewhere = await makeStreamer(installation.url, installation.admin)
    const { streamKey } = await issueKey(elsewhere, elsewhere.slug)
    const onAir = await goOnAir(source, { fixture: 'obs-30' })
    const { client, slug } = onAir.streamer
    const add = (url: string) =>
      client.send('POST', `/api/studio/${slug}/restreams`, { json: { name: 'Kedua', url, streamKey } })
    expect((await add(source.rtmpUrl)).status).toBe(422)
    expect((await add(installation.rtmpUrl)).status).toBe(201)
    await eventually('the other channel is on air', async () => {
      const { live } = await elsewhere.client.get(`/api/studio/${elsewhere.slug}`, StudioChannel)
      return live?.state === 'live'
    })
    const { page, context } = await openPageAs(browser, client, { locale: 'en-US' })
    await page.goto(`${source.url}/studio/${slug}`)
    await page.getByText('Kedua: connected').waitFor()
    expect(source.server.output).not.toContain(streamKey.split('?key=')[1])
    await context.close()
    await onAir.stop()
  } finally {
    await source.stop()
  }
})
