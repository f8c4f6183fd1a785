/** From a donor's form to the overlay in OBS, through the pages. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { openPage, PHONE, type WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import {
  balanceOf,
  donate as sendDonation,
  makeDonor,
  makeStreamer,
  overlayLink,
  PASSWORD,
  type Person,
  type Streamer,
} from '../support/people.ts'
import { shortenAlerts } from '../support/overlay-page.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'

const story = beginStory()

async function stage(balance = 100_000): Promise<{ streamer: Streamer; donor: Person }> {
  const { url, admin } = story.installation
  return { streamer: await makeStreamer(url, admin), donor: await makeDonor(url, admin, balance) }
}

async function openOverlay(streamer: Streamer): Promise<WatchedPage> {
  const { url } = await overlayLink(streamer)
  const overlay = await openPage(story.browser)
  await overlay.page.goto(url)
  await overlay.page.locator('body[data-stream="open"]').waitFor()
  return overlay
}

/** The studio's list of donations, connected to the alert stream. */
async function openStudio(streamer: Streamer): Promise<WatchedPage> {
  const studio = await openPageAs(story.browser, streamer.client)
  const connected = studio.page.waitForResponse((answer) => answer.url().endsWith('/events'))
  await studio.page.goto(`${story.installation.url}/studio/${streamer.slug}`)
  await connected
  await studio.page.getByRole('tab', { name: 'Donasi' }).click()
  return studio
}

function displayed(streamer: Streamer): Promise<unknown> {
  return eventually('the donation counts as displayed', async () => {
    const answer = await streamer.client.send('GET', `/api/studio/${streamer.slug}/donations`)
    const { donations } = JSON.parse(answer.text) as { donations: { isDisplayed: boolean }[] }
    return donations[0]?.isDisplayed === true
  })
}

interface Form {
  readonly amount: string
  readonly name?: string
  readonly message?: string
  readonly isAnonymous?: boolean
}

async function fillIn(page: Page, { amount, name, message, isAnonymous = false }: Form): Promise<void> {
  await page.getByLabel('Jumlah donasi').fill(amount)
  if (name !== undefined) await page.getByLabel('Nama yang ditampilkan').fill(name)
  if (message !== undefined) await page.getByLabel('Pesan').fill(message)
  if (isAnonymous) await page.getByLabel('Sembunyikan nama saya').check()
}

async function donate(page: Page, form: Form): Promise<void> {
  await fillIn(page, form)
  await page.locator('form button[type="submit"]').click()
  await page.getByRole('heading', { name: 'Terima kasih!' }).waitFor()
}

describe('donating', () => {
  test('below the minimum only the studio hears of it, at the minimum the overlay shows it', async () => {
    const { streamer, donor } = await stage()
    const overlay = await openOverlay(streamer)
    const studio = await openStudio(streamer)
    const { page, complaints } = await openPageAs(story.browser, donor.client, { viewport: PHONE })
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)

    await donate(page, { amount: '9.999', name: 'Bu Rini', message: 'sedikit dulu' })
    await studio.page.getByText('sedikit dulu').first().waitFor()
    await page.getByRole('button', { name: 'Donasi lagi' }).click()
    await donate(page, { amount: '10rb', name: 'Bu Rini', message: 'semangat terus' })

    const alert = overlay.page.locator('.alert')
    await alert.getByText('semangat terus').waitFor()
    await expect(alert.textContent()).resolves.toMatch(/Bu Rini.*Rp10\.000/s)
    await studio.page.getByText('semangat terus').first().waitFor()
    await expect(overlay.page.getByText('sedikit dulu').count()).resolves.toBe(0)
    expect(await balanceOf(donor)).toBe(100_000 - 9999 - 10_000)
    expect(await balanceOf(streamer)).toBe(9999 + 10_000)
    expect([...complaints, ...overlay.complaints, ...studio.complaints]).toEqual([])
    for (const each of [overlay, studio]) await each.context.close()
    await page.context().close()
  })

  test('an anonymous donor is Seseorang on the overlay and in the studio', async () => {
    const { streamer, donor } = await stage()
    const overlay = await openOverlay(streamer)
    const { page, context } = await openPageAs(story.browser, donor.client)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await donate(page, { amount: 'Rp20.000,-', message: 'tanpa nama', isAnonymous: true })
    const alert = overlay.page.locator('.alert')
    await alert.getByText('tanpa nama').waitFor()
    const shown = (await alert.textContent()) ?? ''
    expect(shown).toContain('Seseorang')
    expect(shown).not.toContain(donor.username)
    const studio = await openStudio(streamer)
    await studio.page.getByText('tanpa nama').first().waitFor()
    await expect(studio.page.locator('body').textContent()).resolves.not.toContain(donor.username)
    for (const each of [overlay, studio]) await each.context.close()
    await context.close()
  })

  test('what a donor writes is text, never markup', async () => {
    const { streamer, donor } = await stage()
    const overlay = await openOverlay(streamer)
    const { page, context } = await openPageAs(story.browser, donor.client)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    const message = '<img src=x onerror="document.title=1"><b>tebal</b>'
    await donate(page, { amount: '20000', message })
    await overlay.page.locator('.alert').getByText(message).waitFor()
    await expect(overlay.page.locator('.alert b').count()).resolves.toBe(0)
    await expect(overlay.page.title()).resolves.not.toBe('1')
    await overlay.context.close()
    await context.close()
  })

  test('a double click sends one donation', async () => {
    const { streamer, donor } = await stage()
    const { page, context } = await openPageAs(story.browser, donor.client)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await fillIn(page, { amount: '30.000' })
    await page.locator('form button[type="submit"]').dblclick()
    await page.getByRole('heading', { name: 'Terima kasih!' }).waitFor()
    expect(await balanceOf(donor)).toBe(70_000)
    await context.close()
  })

  test('a visitor signs in on the way and finds the form as it was', async () => {
    const { streamer, donor } = await stage()
    const { page, context } = await openPage(story.browser)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await fillIn(page, { amount: '15.000', message: 'sebelum masuk' })
    await page.locator('form button[type="submit"]').click()
    await page.waitForURL(/\/sign-in/)
    await page.locator('input[name="login"], input[autocomplete="username"]').first().fill(donor.username)
    await page.locator('input[type="password"]').fill(PASSWORD)
    await page.locator('form button[type="submit"]').click()
    await page.waitForURL(/\/donate$/)
    await expect(page.getByLabel('Pesan').inputValue()).resolves.toBe('sebelum masuk')
    await page.locator('form button[type="submit"]').click()
    await page.getByRole('heading', { name: 'Terima kasih!' }).waitFor()
    expect(await balanceOf(donor)).toBe(85_000)
    await context.close()
  })

  test('a large amount is read back in words before it is sent', async () => {
    const { streamer, donor } = await stage(2_000_000)
    const { page, context, complaints } = await openPageAs(story.browser, donor.client, { viewport: PHONE })
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await page.getByLabel('Jumlah donasi').fill('1,5jt')
    await page.getByRole('button', { name: 'Kirim Rp1.500.000' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('satu juta lima ratus ribu rupiah').waitFor()
    expect(await balanceOf(streamer)).toBe(0)
    await dialog.getByRole('button', { name: 'Kirim Rp1.500.000' }).click()
    await page.getByText('Terima kasih!').waitFor()
    expect(await balanceOf(streamer)).toBe(1_500_000)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('too little money is said before and after, and nothing moves', async () => {
    const { streamer, donor } = await stage(5000)
    const { page, context } = await openPageAs(story.browser, donor.client)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await fillIn(page, { amount: '20.000' })
    await page.getByText('Saldo kurang Rp15.000').waitFor()
    expect(await balanceOf(donor)).toBe(5000)
    await context.close()
  })
})

describe('the overlay', () => {
  test('is transparent, and after a new link the old page says so and stops', async () => {
    const { streamer } = await stage(0)
    const overlay = await openOverlay(streamer)
    const background = await overlay.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(background).toBe('rgba(0, 0, 0, 0)')
    expect(overlay.page.url()).not.toContain((await overlayLink(streamer)).key)
    await overlay.page.locator('.stopped').waitFor()
    await overlay.context.close()
  })

  test('after an alert was shown it counts as displayed', async () => {
    const { streamer, donor } = await stage()
    await shortenAlerts(streamer)
    const overlay = await openOverlay(streamer)
    const { page, context } = await openPageAs(story.browser, donor.client)
    await page.goto(`${story.installation.url}/c/${streamer.slug}/donate`)
    await donate(page, { amount: '20000', message: 'sudah tampil' })
    await overlay.page.locator('.alert').waitFor()
    await displayed(streamer)
    expect(overlay.complaints).toEqual([])
    await overlay.context.close()
    await context.close()
  })

  test('what it could not report counts when the edge is back, even after a reload', async () => {
    const { streamer, donor } = await stage()
    await shortenAlerts(streamer)
    const overlay = await openOverlay(streamer)
    let tries = 0
    await overlay.page.route('**/done', (route) => {
      tries += 1
      return route.abort()
    })
    await sendDonation(donor, streamer.slug, { amountRupiah: 20_000, message: 'edge sedang pergi' })
    await overlay.page.locator('.alert').waitFor()
    await eventually('it tries again', () => tries > 2)
    await overlay.page.reload()
    await overlay.page.locator('body[data-stream="open"]').waitFor()
    const before = tries
    await eventually('the new page tries too', () => tries > before)
    await overlay.page.unroute('**/done')
    await displayed(streamer)
    await expect(overlay.page.locator('.alert').count()).resolves.toBe(0)
    await overlay.context.close()
  })

  test('of two pages the studio says which one shows the alerts', async () => {
    const { streamer } = await stage(0)
    const { url } = await overlayLink(streamer)
    const pages = [await openPage(story.browser), await openPage(story.browser)]
    for (const { page } of pages) {
      await page.goto(url)
      await page.locator('body[data-stream="open"]').waitFor()
    }
    const { page, context } = await openPageAs(story.browser, streamer.client)
    await page.goto(`${story.installation.url}/studio/${streamer.slug}#overlay`)
    await page.getByText('2 halaman overlay terbuka').waitFor()
    await expect(page.getByText('Menampilkan', { exact: true }).count()).resolves.toBe(1)
    await pages[1]?.context.close()
    // Its lease has to run out.
    await page.getByText('2 halaman overlay terbuka').waitFor({ state: 'detached' })
    await pages[0]?.context.close()
    await context.close()
  })
})
