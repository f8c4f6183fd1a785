import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Notification, Wallet } from '../../shared/contracts/accounts.ts'
import { Admin } from '../../shared/contracts/admin.ts'
import type { ReceivingAccount } from '../../shared/contracts/payments.ts'
import {
  AdminWithdrawal,
  PayoutAccount,
  Withdrawal,
  WithdrawalList,
  type NameCheck,
  type PayWithdrawal,
} from '../../shared/contracts/withdrawals.ts'
import { type Answer, ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { addReceivingAccount, approve, askForDeposit, withSettings } from '../support/payments.ts'
import {
  balanceOf,
  donate,
  freshName,
  idempotencyKey,
  makeDonor,
  makeStreamer,
  type Person,
} from '../support/people.ts'
import type { Ready } from './target.ts'

const ACCOUNT = { bank: 'BCA', accountNumber: '098-765-4321', accountName: 'Ani Lestari' }

export function addWithdrawalTests(ready: Ready): void {
  describe('withdrawals', () => {
    test('money is held when asked for, and paid once an admin says so', async () => {
      const { admin } = ready()
      const { person, bank } = await stage(ready)
      const withdrawal = await ask(person, 40_000)
      expect(withdrawal).toMatchObject({ state: 'held', payoutRupiah: 40_000, numberEnd: '4321' })
      expect(await balanceOf(person)).toBe(60_000)
      const paid = parseAnswer(await pay(admin, withdrawal, bank, { isNameChecked: true }), AdminWithdrawal)
      expect(paid).toMatchObject({ state: 'paid', approvals: ['pengelola'], isNameChecked: true })
      expect(await walletOf(person)).toEqual({ balanceRupiah: 60_000, heldRupiah: 0, debtRupiah: 0 })
      const { notifications } = await person.client.get(
        '/api/me/notifications',
        v.object({ notifications: v.array(Notification) }),
      )
      expect(notifications[0]).toMatchObject({ kind: 'withdrawal_decided', decision: 'paid' })
    })

    test('the account number is for admins only, and a wrong form is refused', async () => {
      const { admin } = ready()
      const { person } = await stage(ready)
      await ask(person, 10_000)
      const own = await person.client.send('GET', '/api/me/withdrawals')
      expect(own.text).not.toContain('0987654321')
      const { withdrawals } = await admin.get(
        '/api/admin/withdrawals?state=held',
        v.object({ withdrawals: v.array(AdminWithdrawal) }),
      )
      expect(withdrawals.find(({ member }) => member.id === person.id)?.accountNumber).toBe('0987654321')
      const wrong = { ...ACCOUNT, accountNumber: '12345' }
      const answer = await person.client.send('PUT', '/api/me/payout-account', { json: wrong })
      expect(answer.status).toBe(422)
      expect(answer.text).toContain('accountNumber')
    })

    test('a rejection gives the money back, with the reason', async () => {
      const { admin } = ready()
      const { person } = await stage(ready)
      const withdrawal = await ask(person, 40_000)
      expect(await walletOf(person)).toEqual({ balanceRupiah: 60_000, heldRupiah: 40_000, debtRupiah: 0 })
      expect((await release(admin, withdrawal)).status).toBe(200)
      expect(await walletOf(person)).toEqual({ balanceRupiah: 100_000, heldRupiah: 0, debtRupiah: 0 })
      const { withdrawals } = await person.client.get('/api/me/withdrawals', WithdrawalList)
      expect(withdrawals).toMatchObject([{ state: 'released', reason: 'nama tidak cocok' }])
    })

    test('pay and release at the same moment: one of them happens, and the same again is answered again', async () => {
      const { admin } = ready()
      const { person, bank } = await stage(ready)
      for (let round = 0; round < 3; round++) {
        const withdrawal = await ask(person, 10_000)
        const before = await balanceOf(person)
        const reference = `KELUAR-${withdrawal.id}`
        const payment = () =>
          pay(admin, withdrawal, bank, { isNameChecked: true, bankTransactionId: reference })
        const answers = await Promise.all([payment(), release(admin, withdrawal), payment()])
        const isPaid = answers[0]?.status === 200
        expect(answers.map(({ status }) => status)).toEqual(isPaid ? [200, 409, 200] : [409, 200, 409])
        expect(await balanceOf(person)).toBe(before + (isPaid ? 0 : 10_000))
      }
    })

    test('one transaction of the bank pays one withdrawal', async () => {
      const { admin } = ready()
      const { person, bank } = await stage(ready)
      const [one, two] = [await ask(person, 10_000), await ask(person, 20_000)]
      const same = { isNameChecked: true, bankTransactionId: `KELUAR-${one.id}` }
      expect((await pay(admin, one, bank, same)).status).toBe(200)
      expect(codeOf(await pay(admin, two, bank, same))).toBe('bank_transaction_used')
    })

    test('the first payment to an account needs its name to be checked, the next does not', async () => {
      const { admin } = ready()
      const { person, bank } = await stage(ready)
      const [one, two] = [await ask(person, 10_000), await ask(person, 20_000)]
      expect(codeOf(await pay(admin, one, bank))).toBe('account_name_unchecked')
      expect(codeOf(await admin.send('POST', `/api/admin/withdrawals/${one.id}/approve`))).toBe(
        'account_name_unchecked',
      )
      const check = (json: Partial<NameCheck>) =>
        admin.send('POST', `/api/admin/withdrawals/${one.id}/name-check`, { json })
      const names = { nameOnIdentity: ACCOUNT.accountName, nameAtBank: 'ORANG LAIN' }
      expect(codeOf(await check(names))).toBe('names_differ')
      const checked = await check({ ...names, nameAtBank: ACCOUNT.accountName.toUpperCase() })
      expect(parseAnswer(checked, AdminWithdrawal).isNameChecked).toBe(true)
      expect((await pay(admin, one, bank)).status).toBe(200)
      expect((await pay(admin, two, bank)).status).toBe(200)
    })

    test('withdrawals and donations at once never spend the same money twice', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const { person } = await stage(ready, 50_000)
      const answers = await Promise.all([
        ...Array.from({ length: 3 }, () => tryAsk(person, { amountRupiah: 20_000, feeRupiah: 0 })),
        ...Array.from({ length: 3 }, () =>
          donate(person, streamer.slug, { amountRupiah: 20_000 }).then(
            () => undefined,
            () => undefined,
          ),
        ),
      ])
      const held = answers.filter((answer) => answer?.status === 201).length * 20_000
      const given = await balanceOf(streamer)
      expect(held + given).toBe(40_000)
      expect(await walletOf(person)).toEqual({ balanceRupiah: 10_000, heldRupiah: held, debtRupiah: 0 })
    })

    test('the same submit twice is one request', async () => {
      const { person } = await stage(ready)
      const key = idempotencyKey()
      const request = { amountRupiah: 30_000, feeRupiah: 0 }
      const answers = await Promise.all([1, 2, 3].map(() => tryAsk(person, request, key)))
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      expect(await balanceOf(person)).toBe(70_000)
      expect(codeOf(await tryAsk(person, { ...request, amountRupiah: 31_000 }, key))).toBe(
        'idempotency_key_reused',
      )
    })

    test('three a day; what was released does not count', async () => {
      const { admin } = ready()
      const { person } = await stage(ready)
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => tryAsk(person, { amountRupiah: 1000, feeRupiah: 0 })),
      )
      const accepted = answers.filter(({ status }) => status === 201)
      expect(accepted).toHaveLength(3)
      expect(new Set(answers.filter(({ status }) => status !== 201).map(codeOf))).toEqual(
        new Set(['too_many_withdrawals']),
      )
      const [first] = accepted.map((answer) => parseAnswer(answer, Withdrawal))
      if (first) await release(admin, first)
      expect((await tryAsk(person, { amountRupiah: 1000, feeRupiah: 0 })).status).toBe(201)
    })

    test('a changed account waits before it can be used', async () => {
      const { person } = await stage(ready)
      const changed = await person.client.send('PUT', '/api/me/payout-account', {
        json: { ...ACCOUNT, accountNumber: '1112223334' },
      })
      expect(parseAnswer(changed, PayoutAccount).usableFrom).toBeGreaterThan(Date.now())
      expect(codeOf(await tryAsk(person, { amountRupiah: 10_000, feeRupiah: 0 }))).toBe(
        'payout_account_cooling',
      )
      expect(await balanceOf(person)).toBe(100_000)
    })

    test('without an account there is no withdrawal', async () => {
      const { url, admin } = ready()
      const person = await makeDonor(url, admin, 10_000)
      expect(codeOf(await tryAsk(person, { amountRupiah: 1000, feeRupiah: 0 }))).toBe(
        'payout_account_missing',
      )
    })

    test('the fee is the one that was shown, stays with the platform, and comes back with a returned payout', async () => {
      const { admin } = ready()
      const { person, bank } = await stage(ready)
      await withSettings(admin, { withdrawalFeeRupiah: 2500, withdrawalMinimumRupiah: 10_000 }, async () => {
        expect(codeOf(await tryAsk(person, { amountRupiah: 40_000, feeRupiah: 0 }))).toBe(
          'withdrawal_fee_changed',
        )
        expect(codeOf(await tryAsk(person, { amountRupiah: 9999, feeRupiah: 2500 }))).toBe(
          'withdrawal_too_small',
        )
        const withdrawal = await ask(person, 40_000, 2500)
        expect(withdrawal.payoutRupiah).toBe(37_500)
        await pay(admin, withdrawal, bank, { isNameChecked: true })
        expect(await balanceOf(person)).toBe(60_000)
        const reverse = () =>
          admin.send('POST', `/api/admin/withdrawals/${withdrawal.id}/reverse`, {
            json: { reason: 'rekening tutup' },
          })
        expect((await Promise.all([reverse(), reverse()])).map(({ status }) => status)).toEqual([200, 200])
        expect(await balanceOf(person)).toBe(100_000)
      })
    })

    test('who owes does not withdraw', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const { person, bank } = await stage(ready, 0)
      const deposit = await askForDeposit(person, { amountRupiah: 20_000, receivingAccountId: bank.id })
      await approve(admin, deposit)
      await donate(person, streamer.slug, { amountRupiah: 20_000 })
      await admin.send('POST', `/api/admin/deposits/${deposit.id}/reverse`, { json: { reason: 'salah' } })
      expect((await walletOf(person)).debtRupiah).toBe(20_000)
      expect(codeOf(await tryAsk(person, { amountRupiah: 1000, feeRupiah: 0 }))).toBe('withdrawal_with_debt')
    })

    test('above the amount two different admins are needed, once there are two', async () => {
      const { url, admin } = ready()
      const { person, bank } = await stage(ready)
      await withSettings(admin, { twoAdminsAboveRupiah: 20_000, adminCoolDownHours: 0 }, async () => {
        const [alone, both, small] = [
          await ask(person, 30_000),
          await ask(person, 30_001),
          await ask(person, 20_000),
        ]
        // There is one admin only.
        expect((await pay(admin, alone, bank, { isNameChecked: true })).status).toBe(200)
        const second = await secondAdmin(url, admin)
        expect(codeOf(await pay(admin, both, bank))).toBe('second_admin_needed')
        const approveIt = () => admin.send('POST', `/api/admin/withdrawals/${both.id}/approve`)
        await Promise.all([approveIt(), approveIt()])
        expect(codeOf(await pay(admin, both, bank))).toBe('second_admin_needed')
        expect(parseAnswer(await pay(second, both, bank), AdminWithdrawal).approvals).toHaveLength(2)
        expect((await pay(second, small, bank)).status).toBe(200)
        const { notices } = await admin.get('/api/admin/me', Admin)
        expect(notices.at(-1)).toMatchObject({ kind: 'admin_added', by: 'pengelola' })
        const upTo = { json: { upTo: notices.at(-1)?.id } }
        expect((await admin.send('POST', '/api/admin/me/notices/read', upTo)).status).toBe(204)
      })
    })
  })
}

/** A member with money and an account, and an account of the platform that pays. */
async function stage(ready: Ready, balance = 100_000): Promise<{ person: Person; bank: ReceivingAccount }> {
  const { url, admin } = ready()
  const [person, bank] = [await makeDonor(url, admin, balance), await addReceivingAccount(admin)]
  const answer = await person.client.send('PUT', '/api/me/payout-account', { json: ACCOUNT })
  parseAnswer(answer, PayoutAccount)
  return { person, bank }
}

function tryAsk(person: Person, json: unknown, key: string = idempotencyKey()): Promise<Answer> {
  return person.client.send('POST', '/api/me/withdrawals', { json, headers: { 'idempotency-key': key } })
}

async function ask(person: Person, amountRupiah: number, feeRupiah = 0): Promise<Withdrawal> {
  return parseAnswer(await tryAsk(person, { amountRupiah, feeRupiah }), Withdrawal)
}

function pay(
  admin: ApiClient,
  { id }: Withdrawal,
  bank: ReceivingAccount,
  more: Partial<PayWithdrawal> = {},
): Promise<Answer> {
  const json = { receivingAccountId: bank.id, bankTransactionId: `KELUAR-${crypto.randomUUID()}`, ...more }
  return admin.send('POST', `/api/admin/withdrawals/${id}/pay`, { json })
}

function release(admin: ApiClient, { id }: Withdrawal): Promise<Answer> {
  return admin.send('POST', `/api/admin/withdrawals/${id}/release`, { json: { reason: 'nama tidak cocok' } })
}

async function walletOf({ client }: Person): Promise<Omit<Wallet, 'entries'>> {
  const { entries: _entries, ...sums } = await client.get('/api/me/wallet', Wallet)
  return sums
}

async function secondAdmin(url: string, admin: ApiClient): Promise<ApiClient> {
  const username = freshName('admin')
  const { password } = await admin.post('/api/admin/admins', { username }, v.object({ password: v.string() }))
  const second = new ApiClient(url)
  await second.post('/api/admin/sign-in', { login: username, password }, v.unknown())
  return second
}
