import { describe, expect, test } from 'vitest'
import {
  BankLine,
  type ReceivingAccount,
  StatementPreview,
  StatementResult,
} from '../../shared/contracts/payments.ts'
import { type ApiClient, type Answer, codeOf, parseAnswer } from '../support/api-client.ts'
import { addReceivingAccount, approve, askForDeposit } from '../support/payments.ts'
import { balanceOf, registerMember } from '../support/people.ts'
import type { Ready } from './target.ts'

const today = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10).split('-').toReversed()

/** As KlikBCA exports it. */
function statementOf(account: ReceivingAccount, amounts: readonly number[]): string {
  const [day, month] = today()
  let balance = 0
  const lines = amounts.map((amount, index) => {
    balance += amount
    return `'${day}/${month},'TRSF E-BANKING CR ${index},'0000,"${amount.toLocaleString('en-US')}.00",CR,"${balance.toLocaleString('en-US')}.00"`
  })
  return `No. rekening : ${account.accountNumber}\nTanggal Transaksi,Keterangan,Cabang,Jumlah,,Saldo\n${lines.join('\n')}\n`
}

function send(
  admin: ApiClient,
  account: ReceivingAccount,
  csv: string,
  { path = '', type = 'text/csv' } = {},
): Promise<Answer> {
  return admin.send('POST', `/api/admin/receiving-accounts/${account.id}/statement${path}`, {
    body: csv,
    headers: { 'content-type': type },
  })
}

async function preview(admin: ApiClient, account: ReceivingAccount, csv: string): Promise<StatementPreview> {
  return parseAnswer(await send(admin, account, csv), StatementPreview)
}

function take(
  admin: ApiClient,
  account: ReceivingAccount,
  { csv, token, rest = 'unmatched' }: { csv: string; token: string; rest?: string },
): Promise<Answer> {
  return send(admin, account, csv, { path: `/import?token=${token}&rest=${rest}` })
}

export function addStatementTests(ready: Ready): void {
  describe('bank statements', () => {
    test('matches are approved with one confirmation, the rest waits, and the file again changes nothing', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const [ani, budi] = [await registerMember(url), await registerMember(url)]
      const request = { amountRupiah: 50_000, receivingAccountId: account.id }
      const [ours, others] = [await askForDeposit(ani, request), await askForDeposit(budi, request)]
      const csv = statementOf(account, [ours.totalRupiah, 77_123, others.totalRupiah, ours.totalRupiah])
      const seen = await preview(admin, account, csv)
      expect(seen.lines.map(({ state, username }) => [state, username])).toEqual([
        ['match', ani.username],
        ['new', null],
        ['match', budi.username],
        ['new', null],
      ])
      expect(await balanceOf(ani)).toBe(0)
      const result = parseAnswer(await take(admin, account, { csv, token: seen.token }), StatementResult)
      expect(result).toEqual({
        approved: 2,
        approvedRupiah: ours.totalRupiah + others.totalRupiah,
        unmatched: 2,
        known: 0,
      })
      expect([await balanceOf(ani), await balanceOf(budi)]).toEqual([ours.totalRupiah, others.totalRupiah])
      const again = await preview(admin, account, csv)
      expect(new Set(again.lines.map(({ state }) => state))).toEqual(new Set(['imported']))
      const twice = parseAnswer(await take(admin, account, { csv, token: again.token }), StatementResult)
      expect(twice).toEqual({ approved: 0, approvedRupiah: 0, unmatched: 0, known: 0 })
      expect(await balanceOf(ani)).toBe(ours.totalRupiah)
    })

    test('two admins who confirm at once credit each line once', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposits = []
      for (let index = 0; index < 4; index++)
        deposits.push(await askForDeposit(person, { amountRupiah: 10_000, receivingAccountId: account.id }))
      const csv = statementOf(account, [...deposits.map(({ totalRupiah }) => totalRupiah), 99_000])
      const { token } = await preview(admin, account, csv)
      const answers = await Promise.all([1, 2, 3].map(() => take(admin, account, { csv, token })))
      // Who comes late is told, or finds that there is nothing left to do.
      expect(new Set(answers.map(({ status }) => status)).has(200)).toBe(true)
      const late = answers.filter(({ status }) => status !== 200)
      expect(late.map(codeOf)).toEqual(late.map(() => 'statement_changed'))
      expect(await balanceOf(person)).toBe(deposits.reduce((sum, { totalRupiah }) => sum + totalRupiah, 0))
      const { lines } = await preview(admin, account, csv)
      expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['imported']))
    })

    test('what was approved or written down by hand is known, and is not counted twice', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const deposit = await askForDeposit(person, { amountRupiah: 30_000, receivingAccountId: account.id })
      await approve(admin, deposit)
      await admin.post(
        '/api/admin/bank-lines',
        {
          receivingAccountId: account.id,
          bankTransactionId: 'ditulis tangan',
          amountRupiah: 88_000,
          bookedOn: today().toReversed().join('-'),
        },
        BankLine,
      )
      const csv = statementOf(account, [deposit.totalRupiah, 88_000])
      const { lines, token } = await preview(admin, account, csv)
      expect(lines.map(({ state }) => state)).toEqual(['known', 'recorded'])
      expect(parseAnswer(await take(admin, account, { csv, token }), StatementResult)).toMatchObject({
        unmatched: 0,
        known: 1,
      })
      expect(await balanceOf(person)).toBe(deposit.totalRupiah)
    })

    test('an import approves only what the admin has seen', async () => {
      const { url, admin } = ready()
      const account = await addReceivingAccount(admin)
      const person = await registerMember(url)
      const request = { amountRupiah: 20_000, receivingAccountId: account.id }
      const deposit = await askForDeposit(person, request)
      const csv = statementOf(account, [deposit.totalRupiah])
      const { token } = await preview(admin, account, csv)
      await person.client.send('POST', `/api/me/deposits/${deposit.id}/cancel`)
      expect(codeOf(await take(admin, account, { csv, token }))).toBe('statement_changed')
      expect(await balanceOf(person)).toBe(0)
    })

    test('ignored lines leave nothing behind', async () => {
      const { admin } = ready()
      const account = await addReceivingAccount(admin)
      const csv = statementOf(account, [45_000])
      const { token } = await preview(admin, account, csv)
      const result = parseAnswer(await take(admin, account, { csv, token, rest: 'ignore' }), StatementResult)
      expect(result.unmatched).toBe(0)
      expect((await preview(admin, account, csv)).lines.map(({ state }) => state)).toEqual(['new'])
    })

    test('what is no statement of this account is refused', async () => {
      const { url, admin } = ready()
      const [account, other] = [await addReceivingAccount(admin), await addReceivingAccount(admin)]
      const csv = statementOf(account, [10_000])
      expect(codeOf(await send(admin, other, csv))).toBe('statement_other_account')
      expect(codeOf(await send(admin, account, 'nama,umur\nani,20'))).toBe('statement_unknown')
      expect(codeOf(await send(admin, account, csv, { type: 'application/pdf' }))).toBe(
        'unsupported_media_type',
      )
      expect(codeOf(await send(admin, account, 'x'.repeat(524_289)))).toBe('body_too_large')
      const member = await registerMember(url)
      expect(codeOf(await send(member.client, account, csv))).toBe('admin_required')
      expect(codeOf(await take(member.client, account, { csv, token: 'x'.repeat(64) }))).toBe(
        'admin_required',
      )
    })
  })
}
