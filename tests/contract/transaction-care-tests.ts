import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { AdminCaseThread, CaseThread } from '../../shared/contracts/cases.ts'
import { LegalPage, TermsState } from '../../shared/contracts/legal.ts'
import { MonthList, MonthlyStatement } from '../../shared/contracts/monthly.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { withSettings } from '../support/payments.ts'
import { donate, idempotencyKey, makeDonor, makeStreamer } from '../support/people.ts'
import type { Ready } from './target.ts'

export function addTransactionCareTests(ready: Ready): void {
  describe('a transaction afterwards', () => {
    test('stands in a statement, and is what a case is about', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const donor = await makeDonor(url, admin, 50_000)
      const { id } = await donate(donor, streamer.slug, { amountRupiah: 20_000 })
      const { months } = await streamer.client.get('/api/me/statements', MonthList)
      const path = `/api/me/statements/${months[0] ?? ''}`
      expect(await streamer.client.get(path, MonthlyStatement)).toMatchObject({
        openingRupiah: 0,
        closingRupiah: 20_000,
        totals: { receivedRupiah: 20_000 },
      })
      const table = await streamer.client.send('GET', `${path}/csv`)
      expect(table.text.split('\r\n').at(-2)).toMatch(/,closing,.*,20000$/)

      const request = { kind: 'donation', reference: id, text: 'Salah kirim' } as const
      const opened = await donor.client.post('/api/me/cases', request, CaseThread)
      expect(codeOf(await donor.client.send('POST', '/api/me/cases', { json: request }))).toBe(
        'case_already_open',
      )
      expect((await streamer.client.send('GET', `/api/me/cases/${opened.id}`)).status).toBe(404)
      const answered = await admin.post(
        `/api/admin/cases/${opened.id}/messages`,
        { text: 'Kami tanyakan' },
        AdminCaseThread,
      )
      expect(answered).toMatchObject({ state: 'answered', amountRupiah: 20_000 })
    })

    test('terms are agreed to anew when they change, and a full wallet takes nothing more', async () => {
      const { url, admin } = ready()
      const { client, id } = await makeDonor(url, admin, 40_000)
      const write = async () => {
        const { version, text } = await admin.get('/api/legal/terms?language=id', LegalPage)
        const json = { language: 'id', text: `${text}\nSelalu sopan.`, version }
        expect((await admin.send('PUT', '/api/admin/legal/terms', { json })).status).toBe(200)
      }
      await write()
      const old = await client.get('/api/me/terms', TermsState)
      expect(old.isChanged).toBe(true)
      await write()
      const accept = (json: unknown) => client.send('POST', '/api/me/terms', { json })
      expect(codeOf(await accept(old.newest))).toBe('conflict')
      const { newest } = await client.get('/api/me/terms', TermsState)
      expect(parseAnswer(await accept(newest), TermsState)).toMatchObject({ isChanged: false })

      const credit = () =>
        admin.send('POST', `/api/admin/members/${id}/credits`, {
          json: { amountRupiah: 10_001, reason: 'lebih dari batas' },
          headers: { 'idempotency-key': idempotencyKey() },
        })
      await withSettings(admin, { walletCapRupiah: 50_000 }, async () => {
        expect(codeOf(await credit())).toBe('wallet_full')
      })
      expect((await credit()).status).toBe(201)
    })

    test('rules of the site are written by admins, a version after the other', async () => {
      const { url, admin } = ready()
      const text = 'Donasi dapat dikembalikan dalam sehari.'
      const { version } = await admin.get('/api/legal/refunds', LegalPage)
      const write = (number: number) =>
        admin.send('PUT', '/api/admin/legal/refunds', { json: { language: 'id', text, version: number } })
      expect((await write(version)).status).toBe(200)
      expect(codeOf(await write(version))).toBe('conflict')
      expect(await new ApiClient(url).get('/api/legal/refunds', LegalPage)).toMatchObject({
        text,
        version: version + 1,
      })
      expect(
        await admin.get('/api/admin/guest-payments', v.object({ payments: v.array(v.unknown()) })),
      ).toBeDefined()
    })
  })
}
