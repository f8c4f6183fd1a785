/** Bank transfers in tests: the platform's accounts, requests, and what an admin makes of them. */
import * as v from 'valibot'
import {
  AdminDeposit,
  Deposit,
  PaymentSettings,
  ReceivingAccount,
  type AskForDeposit,
} from '../../shared/contracts/payments.ts'
import { type Answer, type ApiClient, parseAnswer } from './api-client.ts'
import { idempotencyKey, type Person } from './people.ts'

let accounts = 0

/** A BCA account of its own, so that tests do not share codes. */
export function addReceivingAccount(admin: ApiClient): Promise<ReceivingAccount> {
  accounts += 1
  const accountNumber = String(1_000_000_000 + accounts + 1000 * Math.floor(Math.random() * 1e6))
  return admin.post(
    '/api/admin/receiving-accounts',
    { bank: 'BCA', accountNumber, accountName: 'PT Panggung Uji' },
    ReceivingAccount,
  )
}

export function tryDeposit(
  person: Person,
  request: Partial<AskForDeposit>,
  key: string = idempotencyKey(),
): Promise<Answer> {
  return person.client.send('POST', '/api/me/deposits', {
    json: request,
    headers: { 'idempotency-key': key },
  })
}

export async function askForDeposit(
  person: Person,
  request: Partial<AskForDeposit>,
  key?: string,
): Promise<Deposit> {
  return parseAnswer(await tryDeposit(person, request, key), Deposit)
}

export function tryApproval(
  admin: ApiClient,
  { id, totalRupiah }: Pick<Deposit, 'id' | 'totalRupiah'>,
  bankTransactionId: string = `TRX-${crypto.randomUUID()}`,
): Promise<Answer> {
  return admin.send('POST', `/api/admin/deposits/${id}/approve`, { json: { bankTransactionId, totalRupiah } })
}

export async function approve(admin: ApiClient, deposit: Deposit, reference?: string): Promise<AdminDeposit> {
  return parseAnswer(await tryApproval(admin, deposit, reference), AdminDeposit)
}

export const AdminDeposits = v.object({ deposits: v.array(AdminDeposit) })

/** @returns what held before */
export async function setSettings(
  admin: ApiClient,
  change: Partial<PaymentSettings>,
): Promise<PaymentSettings> {
  const before = await admin.get('/api/admin/payment-settings', PaymentSettings)
  await admin.send('PUT', '/api/admin/payment-settings', { json: { ...before, ...change } })
  return before
}

/** The settings are as before afterwards. */
export async function withSettings(
  admin: ApiClient,
  changed: Partial<PaymentSettings>,
  work: () => Promise<void>,
): Promise<void> {
  const before = await setSettings(admin, changed)
  try {
    await work()
  } finally {
    await setSettings(admin, before)
  }
}
