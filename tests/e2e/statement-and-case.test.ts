/** A streamer reads the month, reports a problem with a donation, and an admin answers. */
import { expect, test } from 'vitest'
import { formatRupiah } from '../../shared/rupiah.ts'
import { horizontalOverflow, PHONE } from '../support/browser.ts'
import { takePicture } from '../support/page-picture.ts'
import { donate, makeDonor, makeStreamer } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'

const NARROW = { ...PHONE, width: 320 }

const story = beginStory()

test('a statement of the month, and a case about a line of it', async () => {
  const { url, admin } = story.installation
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, 100_000)
  await donate(donor, streamer.slug, { amountRupiah: 35_000, senderName: 'Siti' })

  const phone = await openPageAs(story.browser, streamer.client, { viewport: NARROW })
  await phone.page.goto(`${url}/wallet`)
  await phone.page.getByRole('link', { name: 'Laporan bulanan' }).click()
  const closing = phone.page.locator('[data-sum=closing]')
  await closing.waitFor()
  expect(await closing.textContent()).toContain(formatRupiah(35_000))
  await phone.page.getByRole('button', { name: 'Cetak' }).waitFor()
  expect(await horizontalOverflow(phone.page)).toBeLessThanOrEqual(0)
  await takePicture(phone.page, 'statement-and-case/id-phone-statement.png', { fullPage: true })
  await phone.page.emulateMedia({ media: 'print' })
  expect(await phone.page.getByRole('button', { name: 'Cetak' }).isVisible()).toBe(false)
  await phone.page.emulateMedia({ media: 'screen' })

  await phone.page.goto(`${url}/wallet`)
  await phone.page.getByRole('button', { name: /Laporkan masalah/ }).click()
  const dialog = phone.page.getByRole('dialog')
  await dialog.getByLabel('Apa yang terjadi?').fill('Siti bilang <b>salah kirim</b>')
  await dialog.getByRole('button', { name: 'Kirim' }).click()
  await phone.page.waitForURL(/\/cases#/)
  await phone.page.getByText('Siti bilang <b>salah kirim</b>').waitFor()
  expect(await horizontalOverflow(phone.page)).toBeLessThanOrEqual(0)
  await takePicture(phone.page, 'statement-and-case/id-phone-case.png', { fullPage: true })

  const desk = await openPageAs(story.browser, admin, { viewport: NARROW })
  await desk.page.goto(`${url}/admin#cases`)
  await desk.page.getByRole('button', { name: `Buka laporan ${streamer.username}` }).click()
  await desk.page.getByText('Siti bilang').waitFor()
  expect(await horizontalOverflow(desk.page)).toBeLessThanOrEqual(0)
  await takePicture(desk.page, 'statement-and-case/id-phone-admin-case.png', { fullPage: true })
  await desk.page.getByLabel('Tulis pesan').fill('Silakan kembalikan dari studio.')
  await desk.page.getByRole('button', { name: 'Jawab' }).click()
  await desk.page.getByText('Jawaban terkirim').waitFor()

  await phone.page.reload()
  await phone.page.getByText('Silakan kembalikan dari studio.').waitFor()
  expect([...phone.complaints, ...desk.complaints]).toEqual([])
})
