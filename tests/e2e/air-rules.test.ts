/** The rules of the air in the hands of people: a key for a phone, a limit, a restream target, a monitor. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goOnAir, refusalOf } from '../support/broadcast.ts'
import { horizontalOverflow, launchBrowser, PHONE } from '../support/browser.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { ROOT } from '../support/source-files.ts'

const PICTURES = join(ROOT, 'tests/.artifacts/air-rules')

let installation: Installation
let browser: Browser
let streamer: Streamer

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true })
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
  await page.screenshot({ path: join(PICTURES, 'admin-limits.png'), fullPage: true })
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
  await page.screenshot({ path: join(PICTURES, 'phone-key.png') })
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
  await page.keyboard.press('Escape')
  await page.getByText('It was shown once').waitFor()
  expect(await page.content()).not.toContain(key)

  const onAir = await goOnAir(installation, { fixture: 'obs-30', streamer, streamKey: key })
  await page.getByText('Time left').waitFor()
  await page.screenshot({ path: join(PICTURES, 'studio-on-air.png'), fullPage: true })
  await onAir.stop()
  await page.getByRole('button', { name: 'Revoke the key Phone of the nurse' }).click()
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('Key revoked').waitFor()
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
  await page.screenshot({ path: join(PICTURES, 'restream-form.png') })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('key ••••1234').waitFor()
  expect(await page.content()).not.toContain('canary')
  await page.getByRole('checkbox', { name: 'YouTube' }).uncheck()
  await page.getByRole('checkbox', { name: 'YouTube', checked: false }).waitFor()
  await page.screenshot({ path: join(PICTURES, 'restreams.png'), fullPage: true })
  expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Delete: YouTube' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Target deleted').waitFor()
  expect(await page.getByText('YouTube', { exact: true }).count()).toBe(0)
  expect(installation.server.output).not.toContain('canary')
  expect(complaints.filter((line) => !/ 422 /.test(line))).toEqual([])
  await context.close()
})

test('a monitor address is made on request', async () => {
  const { page, context, complaints } = await openPageAs(browser, streamer.client, { locale: 'en-US' })
  await page.goto(`${installation.url}/studio/${streamer.slug}`)
  await page.getByRole('button', { name: 'Make an address' }).click()
  const address = page.getByText(`${installation.rtmpUrl}/${streamer.slug}?token=`)
  await address.waitFor()
  expect(await address.textContent()).toMatch(/\?token=[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(complaints).toEqual([])
  await context.close()
})
