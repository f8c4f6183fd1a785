/** Receipts that a donor keeps: whoever has the published key can tell that they are genuine, also without this site. */
import * as v from 'valibot'
import { ReceiptContents, type SignedReceipt } from '../../shared/contracts/donations.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import { readReceipt, signReceipt } from '../keys/rules.ts'
import type { Platform } from '../ports.ts'

type ReceiptPlatform = Pick<Platform, 'config' | 'database'>

/** @throws AppError `not_found` also for a donation of somebody else */
export async function makeReceipt(
  { config, database }: ReceiptPlatform,
  { donationId, memberId }: { donationId: string; memberId: string },
): Promise<SignedReceipt> {
  const [row] = await database.read({
    sql: `SELECT donation.id, donation.amount, fee, sender_name, message, donation.created_at,
        transfer.description AS title, (SELECT value ->> '$' FROM setting WHERE name = 'name') AS site
      FROM donation JOIN transfer ON transfer.id = donation.transfer_id
      WHERE donation.id = ? AND from_member_id = ?`,
    args: [donationId, memberId],
  })
  if (!row) throw new AppError('not_found')
  const contents: ReceiptContents = {
    iss: config.installationId,
    aud: 'receipt',
    jti: text(row, 'id'),
    iat: Math.floor(integer(row, 'created_at') / 1000),
    site: textOrNull(row, 'site') ?? '',
    // As it was called when the donation was made.
    channel: text(row, 'title'),
    amountRupiah: integer(row, 'amount'),
    feeRupiah: integer(row, 'fee'),
    senderName: textOrNull(row, 'sender_name'),
    message: textOrNull(row, 'message'),
  }
  return { receipt: await signReceipt(config, contents) }
}

/** @throws AppError `receipt_invalid` */
export async function verifyReceipt(
  { config }: Pick<ReceiptPlatform, 'config'>,
  { receipt }: SignedReceipt,
): Promise<ReceiptContents> {
  const contents = v.safeParse(ReceiptContents, await readReceipt(config, receipt))
  if (!contents.success) throw new AppError('receipt_invalid')
  return contents.output
}
