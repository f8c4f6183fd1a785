/** Money into and out of a wallet by bank transfer, through the pages of a member and of an admin. */
import { expect, test } from 'vitest'
import { formatRupiah } from '../../shared/rupiah.ts'
import { openPage, PHONE, turnTo } from '../support/browser.ts'
import { addReceivingAccount } from '../support/payments.ts'
import { ADMIN, balanceOf, makeDonor, registerMember } from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'
import { beginStory } from '../support/story.ts'

const NARROW = { ...PHONE, width: 320 }

const story = beginStory()

test('an admin opens an account, a member asks, transfers and says so, and the admin approves', async () => {
  const { url } = story.installation
  const person = await registerMember(url)

  const desk = await openPage(story.browser, { viewport: NARROW })
  await desk.page.goto(`${url}/admin/sign-in`)
  await desk.page.getByLabel('Nama pengguna admin').fill(ADMIN.username)
  await desk.page.getByLabel('Kata sandi').fill(ADMIN.password)
  await desk.page.getByRole('button', { name: 'Masuk' }).click()
  // So narrow, the tabs are a list to choose from.
  const part = desk.page.getByRole('combobox', { name: 'Admin' })
  await part.selectOption({ label: 'Rekening' })
  await desk.page.getByLabel('Nomor rekening').fill('123-456-7890')
  await desk.page.getByLabel('Nama pemilik rekening').fill('PT Panggung Uji')
  await desk.page.getByRole('button', { name: 'Tambah rekening' }).click()
  await desk.page.getByText('1234567890').waitFor()

  const phone = await openPageAs(story.browser, person.client, { viewport: NARROW })
  await phone.page.goto(`${url}/wallet`)
  await phone.page.getByLabel('Jumlah').fill('50rb')
  await phone.page.getByRole('button', { name: 'Minta total transfer' }).click()
  const total = Number(await phone.page.locator('[data-total]').getAttribute('data-total'))
  expect(total).toBeGreaterThan(50_000)
  await phone.page.getByRole('button', { name: 'Saya sudah transfer' }).click()
  await phone.page.getByText('Admin sedang memeriksanya').waitFor()
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width)

  await part.selectOption('deposits')
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
  await turnTo(phone.page)
  await phone.page.getByText(formatRupiah(total)).first().waitFor()
  await phone.page.getByText('Masuk', { exact: true }).waitFor()
  expect([...desk.complaints, ...phone.complaints]).toEqual([])
})

test('a member withdraws to an account of theirs, and the admin says that it was transferred', async () => {
  const { url, admin } = story.installation
  await addReceivingAccount(admin)
  const person = await makeDonor(url, admin, 250_000)
  const phone = await openPageAs(story.browser, person.client, { viewport: NARROW })
  await phone.page.goto(`${url}/wallet#withdraw`)
  await phone.page.getByLabel('Nomor rekening').fill('0987654321')
  await phone.page.getByLabel('Nama pemilik').fill('Ani Lestari')
  await phone.page.getByRole('button', { name: 'Simpan rekening' }).click()
  await phone.page.getByRole('button', { name: 'Ganti rekening' }).waitFor()
  await phone.page.getByRole('tabpanel').getByLabel('Jumlah').fill('100rb')
  await phone.page.getByRole('button', { name: 'Tarik', exact: true }).click()
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Tarik' }).click()
  await phone.page.getByText('Menunggu admin').waitFor()
  expect(await balanceOf(person)).toBe(150_000)
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width)

  const desk = await openPageAs(story.browser, admin, { viewport: NARROW })
  await desk.page.goto(`${url}/admin#withdrawals`)
  const dialog = desk.page.getByRole('dialog')
  await desk.page.getByRole('button', { name: /Periksa nama/ }).click()
  await dialog.getByLabel('Nama di kartu identitas').fill('Ani Lestari')
  await dialog.getByLabel('Nama di bank').fill('ANI LESTARI, S.Kom')
  await dialog.getByText('Namanya sama').waitFor()
  await dialog.getByRole('button', { name: 'Simpan pemeriksaan' }).click()
  await desk.page.getByRole('button', { name: /Sudah ditransfer/ }).click()
  await dialog.getByLabel('Nomor transaksi bank').fill('FT-0002')
  await dialog.getByRole('button', { name: 'Sudah ditransfer' }).click()
  await desk.page.getByText('Penarikan selesai').waitFor()
  expect(await balanceOf(person)).toBe(150_000)
  expect([...desk.complaints, ...phone.complaints]).toEqual([])
})
