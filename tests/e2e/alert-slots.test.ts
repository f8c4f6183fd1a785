/** Alerts on two slots, and two pages on one of them: made in the studio, shown by each slot once. */
import { expect, test } from 'vitest'
import { horizontalOverflow, PHONE } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openOverlayPage, shortenAlerts } from '../support/overlay-page.ts'
import { takePicture } from '../support/page-picture.ts'
import { donate, makeDonor, makeStreamer, overlayLink } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'

const story = beginStory()

test('a second slot shows every alert once more, and a second page on it only takes over', async () => {
  const { url, admin } = story.installation
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, 1_000_000)
  await shortenAlerts(streamer)
  const main = await openOverlayPage(story.browser, (await overlayLink(streamer)).url)
  const studio = await openPageAs(story.browser, streamer.client)
  await studio.page.goto(`${url}/studio/${streamer.slug}#overlay`)
  await studio.page.getByLabel('Nama tempat').fill('Samping')
  await studio.page.getByLabel('Nama tempat').press('Enter')
  const slot = studio.page.locator('[data-slot]', { hasText: 'Samping' })
  const address = (await slot.locator('.secret code').textContent()) ?? ''
  const [first, second] = [
    await openOverlayPage(story.browser, address),
    await openOverlayPage(story.browser, address),
  ]
  // One of the two shows, and the studio says so before anybody wonders.
  await slot.getByText('2 halaman overlay terbuka').waitFor()
  await takePicture(studio.page, 'alerts/slots.png', { fullPage: true })

  for (const message of ['satu', 'dua']) await donate(donor, streamer.slug, { amountRupiah: 20_000, message })
  const shownOnce = (shown: readonly string[]) => shown.length === 2 && new Set(shown).size === 2
  await eventually(
    'each slot shows both once',
    () => shownOnce(main.shown) && shownOnce([...first.shown, ...second.shown]),
  )
  await studio.page.goto(`${url}/studio/${streamer.slug}#queue`)
  await studio.page.reload()
  const entry = studio.page.locator('[data-alert]', { hasText: 'dua' })
  await entry.locator('[data-slot]', { hasText: 'Samping' }).getByText('Sudah tampil').waitFor()
  await takePicture(studio.page, 'alerts/slots-history.png', { fullPage: true })
  await entry.getByRole('button', { name: /Ulangi: .*Samping/ }).click()
  await eventually('it is replayed there alone', () => first.shown.length + second.shown.length === 3)
  expect(main.shown).toHaveLength(2)

  await studio.page.goto(`${url}/studio/${streamer.slug}#overlay`)
  await studio.page.reload()
  await slot.getByRole('button', { name: /Hapus/ }).click()
  await studio.page.getByRole('dialog').getByRole('button', { name: 'Hapus' }).click()
  await slot.waitFor({ state: 'detached' })
  for (const { page } of [first, second]) await page.getByText('diganti').waitFor()
  await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'tiga' })
  await eventually('the main slot goes on', () => main.shown.length === 3)
  await studio.page.setViewportSize(PHONE)
  expect(await horizontalOverflow(studio.page)).toBe(0)
  expect(studio.complaints).toEqual([])
  for (const { context } of [main, first, second, studio]) await context.close()
})
