/** Doors of accounts, in a browser: an admin's second factor, and links that come by mail. */
import { TOTP } from 'otpauth'
import { SMTPServer } from 'smtp-server'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, horizontalOverflow, launchBrowser, openPage, PHONE } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { takePicture } from '../support/page-picture.ts'
import { ADMIN, freshName, makeStreamer, PASSWORD, registerMember } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

const STEP_MS = 30_000
const NEW_PASSWORD = 'kata sandi yang baru sekali'

const mails: string[] = []
let smtp: SMTPServer
let installation: Installation
let browser: Browser
beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) =>
      void text(stream)
        .then((mail) => mails.push(mail))
        .finally(done),
  })
  const port = await new Promise<number>((resolve) => {
    const listening = smtp.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
  })
  installation = await startPanggung({
    env: { MAIL_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Panggung <surat@contoh.id>' },
  })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await installation?.stop()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
})

/** @returns the link of this page that was sent to this address */
function mailedLink(to: string, page: string): Promise<string> {
  return eventually(`a mail to ${to}`, () => {
    const mail = mails.find((each) => each.includes(`To: ${to}`) && each.includes(`/${page}#`))
    // Long lines are folded on the way: "=" at the end of one.
    return new RegExp(`http\\S+/${page}#[a-z0-9]{32}`).exec(mail?.replaceAll('=\r\n', '') ?? '')?.[0]
  })
}

async function look(page: Page, name: string): Promise<void> {
  expect(await horizontalOverflow(page)).toBe(0)
  await takePicture(page, `account-care/${name}.png`, { fullPage: true })
}

// First: the second factor ends the session that the rights are granted by.
test('a member has a picture beside the name and on the own channel, and a letter without', async () => {
  const streamer = await makeStreamer(installation.url, installation.admin, { stem: 'penari' })
  const { page, context, complaints } = await openPageAs(browser, streamer.client, { viewport: PHONE })
  await page.goto(`${installation.url}/account`)
  const card = page.locator('.card', { hasText: 'Foto profil' })
  await page.locator('summary span.avatar', { hasText: 'P' }).waitFor()
  const choose = (name: string, mimeType: string, buffer: Buffer) =>
    card.locator('input[type="file"]').setInputFiles({ name, mimeType, buffer })
  await choose('surat.png', 'image/png', Buffer.from('bukan gambar'))
  await card.getByText('tidak bisa membaca').waitFor()
  await choose('layar.png', 'image/png', await page.screenshot())
  const picture = page.locator('summary img.avatar')
  await picture.waitFor()
  const size = () => picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])
  await expect.poll(size, { timeout: STEP_MS }).toEqual([256, 256])
  await look(page, 'avatar-phone')

  const channel = await openPage(browser, { viewport: PHONE, locale: 'en-US' })
  await channel.page.goto(`${installation.url}/c/${streamer.slug}`)
  await channel.page.locator('main img.avatar').waitFor()
  await look(channel.page, 'avatar-channel-phone')
  await channel.context.close()

  await page.setViewportSize(DESKTOP)
  await look(page, 'avatar-desktop')
  await card.getByRole('button', { name: 'Hapus foto' }).click()
  await page.locator('dialog[open]').getByRole('button', { name: 'Hapus foto' }).click()
  await page.locator('summary span.avatar').waitFor()
  expect([...complaints, ...channel.complaints]).toEqual([])
  await context.close()
})

test('an admin turns the second factor on, and signs in by a code and by a recovery code', async () => {
  const { page, context, complaints } = await openPageAs(browser, installation.admin)
  await page.goto(`${installation.url}/admin#account`)
  const card = page.locator('.card', { hasText: 'Selain kata sandi' })
  await card.locator('input[type="password"]').fill(ADMIN.password)
  await card.getByRole('button', { name: 'Nyalakan' }).click()
  await page.locator('.factor-qr svg, .factor-qr img').first().waitFor()
  const secret = await page.locator('.secret code').innerText()
  const totp = new TOTP({ secret })
  await look(page, 'factor-begun')
  await page.locator('input[autocomplete="one-time-code"]').fill(totp.generate())
  await page.getByRole('button', { name: 'Nyalakan verifikasi' }).click()
  await page.locator('.factor-codes code').first().waitFor()
  const codes = await page.locator('.factor-codes code').allInnerTexts()
  expect(codes.length).toBeGreaterThan(0)
  await page.setViewportSize(PHONE)
  await look(page, 'factor-codes-phone')
  await page.getByRole('button', { name: 'Sudah saya simpan' }).click()
  expect(complaints).toEqual([])
  await context.close()

  // Clocks may differ by a step, and the code of this one was used.
  for (const code of [totp.generate({ timestamp: Date.now() + STEP_MS }), codes[0] ?? '']) {
    const again = await openPage(browser, { viewport: PHONE, locale: 'en-US' })
    await again.page.goto(`${installation.url}/admin/sign-in`)
    await again.page.locator('input[autocomplete="username"]').fill(ADMIN.username)
    await again.page.locator('input[type="password"]').fill(ADMIN.password)
    await again.page.locator('form button[type="submit"]').click()
    await again.page.locator('input[autocomplete="one-time-code"]').fill(code)
    await look(again.page, `factor-asked-${code.length}`)
    await again.page.locator('form button[type="submit"]').click()
    await again.page.waitForURL(/\/admin(?:#.*)?$/)
    await again.context.close()
  }
})

test('a forgotten password and a new address, by the links that were mailed', async () => {
  const member = await registerMember(installation.url)
  const address = `${member.username}@contoh.id`
  const { page, context, complaints } = await openPage(browser, { viewport: PHONE })
  await page.goto(`${installation.url}/sign-in`)
  await page.getByRole('link', { name: /[Ll]upa/ }).click()
  await page.locator('input[autocomplete="username"]').fill(member.username)
  await look(page, 'reset-asked-phone')
  await page.locator('form button[type="submit"]').click()
  await page.goto(await mailedLink(address, 'reset-password'))
  await page.locator('input[autocomplete="new-password"]').fill(NEW_PASSWORD)
  await look(page, 'reset-new-phone')
  await page.locator('form button[type="submit"]').click()
  await page.waitForURL(`${installation.url}/account`)

  const email = `${freshName('baru')}@contoh.id`
  expect(PASSWORD).not.toBe(NEW_PASSWORD)
  await page.locator('input[type="email"]').fill(email)
  const form = page.locator('form', { has: page.locator('input[type="email"]') })
  await form.locator('input[type="password"]').fill(NEW_PASSWORD)
  await form.locator('button[type="submit"]').click()
  const english = await openPage(browser, { locale: 'en-US' })
  await english.page.goto(await mailedLink(email, 'confirm-email'))
  await look(english.page, 'confirm-email-en')
  await english.page.locator('form button[type="submit"]').click()
  await english.page.locator('a[href="/account"]').last().waitFor()
  await look(english.page, 'confirmed-email-en')
  await page.reload()
  await page.getByText(email).first().waitFor()
  expect([...complaints, ...english.complaints]).toEqual([])
  await english.context.close()
  await context.close()
})
