/** What tests of money have in common. */
import { verifyLedger } from '../../ledger/verify.ts'
import type { TestEdge, Visitor } from './test-edge.ts'

/** @throws when the ledger does not balance */
export async function closeBalanced({ platform }: TestEdge): Promise<void> {
  const faults = await verifyLedger(platform.database)
  await platform.close()
  if (faults.length > 0) throw new Error(`The ledger is not balanced: ${JSON.stringify(faults)}`)
}

export async function balanceOf(person: Visitor): Promise<number> {
  return ((await person.get('/api/me/wallet')).body as { balanceRupiah: number }).balanceRupiah
}

/** Other payment settings stay as they are. */
export async function changePaymentSettings(
  admin: Visitor,
  change: Readonly<Record<string, number | null>>,
): Promise<void> {
  const path = '/api/admin/payment-settings'
  const { body } = await admin.get(path)
  const { status, text } = await admin.send('PUT', path, { ...(body as object), ...change })
  if (status !== 200) throw new Error(text)
}
