import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Notification, Wallet } from '../../shared/contracts/accounts.ts'
import { Activity } from '../../shared/contracts/activity.ts'
import { AdminDeposit, BankLine, Deposit, DepositList } from '../../shared/contracts/payments.ts'
import { type ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import {
  addReceivingAccount,
  approve,
  askForDeposit,
  AdminDeposits,
  tryApproval,
  tryDeposit,
} from '../support/payments.ts'
import { balanceOf, credit, idempotencyKey, makeStreamer, registerMember, donate } from '../support/people.ts'
import type { Ready } from './target.ts'

const PNG = Uint8Array.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10...', (letter) =>
  letter.charCodeAt(0),
)

export function addDepositTests(ready: Ready): void {
  describe('deposits', () => {
    test('a request says exactly what to transfer, and its approval credits every Rupiah of it', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposit = await askForDeposit(person, { amountRupiah: 50_000, receivingAccountId: account.id })
      expect(deposit).toMatchObject({ amountRupiah: 50_000, state: 'open', account })
      expect(deposit.code).toBeGreaterThanOrEqual(1)
      expect(deposit.code).toBeLessThanOrEqual(999)
      expect(deposit.totalRupiah).toBe(50_000 + deposit.code)
      const found = await admin.get(
        `/api/admin/deposits?total=${deposit.totalRupiah}&state=open`,
        AdminDeposits,
      )
      expect(found.deposits.map(({ id }) => id)).toContain(deposit.id)
      await approve(admin, deposit)
      const wallet = await person.client.get('/api/me/wallet', Wallet)
      expect(wallet.balanceRupiah).toBe(deposit.totalRupiah)
      expect(wallet.entries).toMatchObject([{ kind: 'deposit', amountRupiah: deposit.totalRupiah }])
      const { notifications } = await person.client.get(
        '/api/me/notifications',
        v.object({ notifications: v.array(Notification) }),
      )
      expect(notifications).toMatchObject([{ kind: 'deposit_decided', decision: 'approved' }])
      const { activity } = await admin.get('/api/admin/activity', v.object({ activity: v.array(Activity) }))
      expect(activity.find(({ action }) => action === 'deposit_approved')).toMatchObject({
        member: person.username,
        admin: 'pengelola',
      })
    })

    test('totals asked for at once are all different, also of different amounts', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const people = await Promise.all(Array.from({ length: 8 }, () => registerMember(url)))
      const deposits = await Promise.all(
        people.flatMap((person) =>
          [10_000, 10_001, 10_500].map((amountRupiah) =>
            askForDeposit(person, { amountRupiah, receivingAccountId: account.id }),
          ),
        ),
      )
      expect(new Set(deposits.map(({ totalRupiah }) => totalRupiah)).size).toBe(24)
    })

    test('the same submit twice is one request; with other contents it is refused', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const key = idempotencyKey()
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      const answers = await Promise.all([1, 2, 3].map(() => tryDeposit(person, request, key)))
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      expect(codeOf(await tryDeposit(person, { ...request, amountRupiah: 30_000 }, key))).toBe(
        'idempotency_key_reused',
      )
      expect((await person.client.get('/api/me/deposits', DepositList)).deposits).toHaveLength(1)
    })

    test('one member cannot use up the codes, and a cancelled request makes room', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const request = { amountRupiah: 10_000, receivingAccountId: account.id }
      const answers = await Promise.all(Array.from({ length: 9 }, () => tryDeposit(person, request)))
      const accepted = answers.filter(({ status }) => status === 201)
      expect(accepted).toHaveLength(5)
      expect(new Set(answers.filter(({ status }) => status !== 201).map(codeOf))).toEqual(
        new Set(['too_many_deposits']),
      )
      const [first] = accepted.map((answer) => parseAnswer(answer, Deposit))
      const cancelled = await person.client.post(`/api/me/deposits/${first?.id}/cancel`, undefined, Deposit)
      expect(cancelled.state).toBe('cancelled')
      expect((await tryDeposit(person, request)).status).toBe(201)
    })

    test.each([
      ['below the minimum', { amountRupiah: 9999 }, 'deposit_too_small'],
      ['a fraction', { amountRupiah: 10_000.5 }, 'invalid_input'],
      ['to an account that there is not', { receivingAccountId: '0'.repeat(26) }, 'receiving_account_closed'],
    ])('%s is refused', async (_what, wrong, code) => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const answer = await tryDeposit(person, {
        amountRupiah: 10_000,
        receivingAccountId: account.id,
        ...wrong,
      })
      expect(codeOf(answer)).toBe(code)
    })

    test('a closed account takes no new requests and is not offered', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      await admin.send('PATCH', `/api/admin/receiving-accounts/${account.id}`, { json: { isOpen: false } })
      const list = await person.client.get('/api/me/deposits', DepositList)
      expect(list.accounts.map(({ id }) => id)).not.toContain(account.id)
      expect(codeOf(await tryDeposit(person, { amountRupiah: 10_000, receivingAccountId: account.id }))).toBe(
        'receiving_account_closed',
      )
    })

    test('of many approvals at once one counts, and the same one sent again is answered again', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposit = await askForDeposit(person, { amountRupiah: 40_000, receivingAccountId: account.id })
      const same = await Promise.all([1, 2, 3].map(() => tryApproval(admin, deposit, `SAMA-${deposit.id}`)))
      expect(same.map(({ status }) => status)).toEqual([200, 200, 200])
      const others = await Promise.all([
        tryApproval(admin, deposit),
        admin.send('POST', `/api/admin/deposits/${deposit.id}/reject`, { json: { reason: 'terlambat' } }),
        person.client.send('POST', `/api/me/deposits/${deposit.id}/cancel`),
      ])
      expect(others.map(codeOf)).toEqual(Array.from({ length: 3 }, () => 'request_already_decided'))
      expect(await balanceOf(person)).toBe(deposit.totalRupiah)
    })

    test('approve, reject and cancel at the same moment: one of them happens', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      for (let round = 0; round < 4; round++) {
        const before = await balanceOf(person)
        const deposit = await askForDeposit(person, { amountRupiah: 10_000, receivingAccountId: account.id })
        const answers = await Promise.all([
          tryApproval(admin, deposit),
          admin.send('POST', `/api/admin/deposits/${deposit.id}/reject`, { json: { reason: 'tidak ada' } }),
          person.client.send('POST', `/api/me/deposits/${deposit.id}/cancel`),
        ])
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
        const isApproved = answers[0]?.status === 200
        expect(await balanceOf(person)).toBe(before + (isApproved ? deposit.totalRupiah : 0))
      }
    })

    test('one line of the bank credits one request, and only of its exact total', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const request = { amountRupiah: 10_000, receivingAccountId: account.id }
      const [one, two] = [await askForDeposit(person, request), await askForDeposit(person, request)]
      const reference = `TRX-${one.id}`
      await approve(admin, one, reference)
      expect(codeOf(await tryApproval(admin, two, reference))).toBe('bank_transaction_used')
      expect(codeOf(await tryApproval(admin, { ...two, totalRupiah: two.totalRupiah + 1 }))).toBe(
        'bank_line_other_total',
      )
      expect(await balanceOf(person)).toBe(one.totalRupiah)
    })

    test('a rejection says why, and moves nothing', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposit = await askForDeposit(person, { amountRupiah: 10_000, receivingAccountId: account.id })
      await admin.post(
        `/api/admin/deposits/${deposit.id}/reject`,
        { reason: 'tidak ada transfer' },
        AdminDeposit,
      )
      const { deposits } = await person.client.get('/api/me/deposits', DepositList)
      expect(deposits).toMatchObject([{ state: 'rejected', reason: 'tidak ada transfer' }])
      expect(await balanceOf(person)).toBe(0)
    })

    test('a mistaken approval is taken back; what was spent becomes a debt that new money pays first', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const streamer = await makeStreamer(url, admin)
      const person = await registerMember(url)
      const request = { amountRupiah: 50_000, receivingAccountId: account.id }
      const deposit = await askForDeposit(person, request)
      await approve(admin, deposit)
      await donate(person, streamer.slug, { amountRupiah: 30_000 })
      const reverse = () =>
        admin.send('POST', `/api/admin/deposits/${deposit.id}/reverse`, { json: { reason: 'salah orang' } })
      expect((await Promise.all([reverse(), reverse()])).map(({ status }) => status)).toEqual([200, 200])
      expect(await walletOf(person.client)).toMatchObject({ balanceRupiah: 0, debtRupiah: 30_000 })
      const next = await askForDeposit(person, { ...request, amountRupiah: 20_000 })
      await approve(admin, next)
      const left = 30_000 - next.totalRupiah
      expect(await walletOf(person.client)).toMatchObject({ balanceRupiah: 0, debtRupiah: left })
      await credit(admin, person.id, 15_000)
      const { repaidRupiah } = await person.client.post(
        '/api/me/debt/repay',
        undefined,
        v.object({ repaidRupiah: v.number() }),
      )
      expect(repaidRupiah).toBe(left)
      expect(await walletOf(person.client)).toMatchObject({ balanceRupiah: 15_000 - left, debtRupiah: 0 })
      expect(codeOf(await person.client.send('POST', '/api/me/debt/repay'))).toBe('nothing_owed')
    })

    test('what arrives without a code waits as unmatched until it is somebody’s, once', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const record = {
        receivingAccountId: account.id,
        bankTransactionId: `TRX-${person.id}`,
        amountRupiah: 25_000,
        bookedOn: '2026-11-21',
        description: 'TRSF DARI ANI',
      }
      const line = await admin.post('/api/admin/bank-lines', record, BankLine)
      expect(line).toMatchObject({ state: 'unmatched', candidates: [] })
      expect(codeOf(await admin.send('POST', '/api/admin/bank-lines', { json: record }))).toBe(
        'bank_transaction_used',
      )
      const decide = (what: string, json: unknown) =>
        admin.send('POST', `/api/admin/bank-lines/${line.id}/${what}`, { json })
      const answers = await Promise.all([
        decide('assign', { memberId: person.id, reason: 'lupa kode' }),
        decide('return', { reason: 'dikembalikan' }),
        decide('dismiss', { reason: 'bunga bank' }),
      ])
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(await balanceOf(person)).toBe(answers[0]?.status === 200 ? 25_000 : 0)
    })

    test('a line with the exact total is proposed and credits the request', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposit = await askForDeposit(person, { amountRupiah: 60_000, receivingAccountId: account.id })
      const arrive = (amountRupiah: number) =>
        admin.post(
          '/api/admin/bank-lines',
          {
            receivingAccountId: account.id,
            bankTransactionId: `TRX-${crypto.randomUUID()}`,
            amountRupiah,
            bookedOn: '2026-11-21',
          },
          BankLine,
        )
      const wrong = await arrive(deposit.totalRupiah - 1)
      const right = await arrive(deposit.totalRupiah)
      expect(right.candidates).toMatchObject([{ depositId: deposit.id, state: 'open' }])
      const creditBy = (line: BankLine) =>
        admin.send('POST', `/api/admin/bank-lines/${line.id}/credit`, { json: { depositId: deposit.id } })
      expect(codeOf(await creditBy(wrong))).toBe('bank_line_other_total')
      expect((await creditBy(right)).status).toBe(200)
      expect(await balanceOf(person)).toBe(deposit.totalRupiah)
    })

    test('the picture of a receipt is for its member and admins, and only a picture', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [person, other] = [await registerMember(url), await registerMember(url)]
      const deposit = await askForDeposit(person, { amountRupiah: 10_000, receivingAccountId: account.id })
      const path = `/api/me/deposits/${deposit.id}/receipt`
      const send = (type: string, body: Uint8Array<ArrayBuffer>) =>
        person.client.send('PUT', path, { body, headers: { 'content-type': type } })
      expect(codeOf(await send('image/png', new TextEncoder().encode('<svg/>')))).toBe(
        'unsupported_media_type',
      )
      expect(codeOf(await send('image/png', new Uint8Array(2_097_153)))).toBe('body_too_large')
      const claimed = parseAnswer(await send('image/png', PNG), Deposit)
      expect(claimed).toMatchObject({ hasReceipt: true, state: 'open' })
      expect(claimed.claimedAt).not.toBeNull()
      const seen = await admin.send('GET', `/api/admin/deposits/${deposit.id}/receipt`)
      expect([seen.status, seen.headers.get('content-type'), seen.headers.get('cache-control')]).toEqual([
        200,
        'image/png',
        'private, no-store',
      ])
      expect((await person.client.send('GET', path)).status).toBe(200)
      expect(codeOf(await other.client.send('GET', path))).toBe('not_found')
      expect(codeOf(await other.client.send('POST', `/api/me/deposits/${deposit.id}/cancel`))).toBe(
        'not_found',
      )
      expect(codeOf(await other.client.send('GET', '/api/admin/deposits'))).toBe('admin_required')
    })
  })
}

async function walletOf(client: ApiClient): Promise<Omit<Wallet, 'entries'>> {
  const { entries: _entries, ...sums } = await client.get('/api/me/wallet', Wallet)
  return sums
}
