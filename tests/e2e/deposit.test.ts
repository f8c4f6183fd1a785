/** Money into a wallet by bank transfer, through the pages of a member and of an admin. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatRupiah } from '../../shared/rupiah.ts'
import { launchBrowser, openPage, PHONE } from '../support/browser.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { ADMIN, balanceOf, registerMember } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

const NARROW = { ...PHONE, width: 320 }

let installation: Installation
let browser: Browser
beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

test('an admin opens an account, a member asks, transfers and says so, and the admin approves', async () => {
  const { url } = installation
  const person = await registerMember(url)

  const desk = await openPage(browser, { viewport: NARROW })
  await desk.page.goto(`${url}/admin/sign-in`)
  await desk.page.getByLabel('Nama pengguna admin').fill(ADMIN.username)
  await desk.page.getByLabel('Kata sandi').fill(ADMIN.password)
  await desk.page.getByRole('button', { name: 'Masuk' }).click()
  await desk.page.getByRole('tab', { name: 'Rekening' }).click()
  await desk.page.getByLabel('Nomor rekening').fill('123-456-7890')
  await desk.page.getByLabel('Nama pemilik rekening').fill('PT Panggung Uji')
  await desk.page.getByRole('button', { name: 'Tambah rekening' }).click()
  await desk.page.getByText('1234567890').waitFor()

  const phone = await openPageAs(browser, person.client, { viewport: NARROW })
  await phone.page.goto(`${url}/wallet`)
  await phone.page.getByLabel('Jumlah').fill('50rb')
  await phone.page.getByRole('button', { name: 'Minta total transfer' }).click()
  const total = Number(await phone.page.locator('[data-total]').getAttribute('data-total'))
  expect(total).toBeGreaterThan(50_000)
  await phone.page.getByRole('button', { name: 'Saya sudah transfer' }).click()
  await phone.page.getByText('Admin sedang memeriksanya').waitFor()
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width)

  await desk.page.getByRole('tab', { name: 'Isi saldo' }).click()
  await desk.page.getByLabel('Cari total persis').fill(String(total))
  await desk.page.getByRole('button', { name: new RegExp(`Setujui isi saldo .* ${person.username}`) }).click()
  expect(await desk.page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width)
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('Jumlah di mutasi bank').fill(String(total - 1))
  await dialog.getByText('Tidak sama dengan').waitFor()
  await dialog.getByLabel('Jumlah di mutasi bank').fill(String(total))
  await dialog.getByLabel('Nomor transaksi bank').fill('FT-0001')
  await dialog.getByRole('button', { name: 'Setujui' }).click()
  await desk.page.getByText('Isi saldo disetujui').waitFor()

  expect(await balanceOf(person)).toBe(total)
  await phone.page.getByText(formatRupiah(total)).first().waitFor()
  await phone.page.getByText('Masuk', { exact: true }).waitFor()
  expect([...desk.complaints, ...phone.complaints]).toEqual([])
})
