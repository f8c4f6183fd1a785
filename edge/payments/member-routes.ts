/** Money into one's own wallet. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { AskForDeposit, DepositList, RECEIPT_MAX_BYTES } from '../../shared/contracts/payments.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import type { Auth } from '../http/auth.ts'
import { check, readBytes, readJson } from '../http/input.ts'
import { pictureType, requireReasonableSize } from '../http/picture.ts'
import { INERT_POLICY } from '../http/security-headers.ts'
import { readIdempotencyKey } from '../ledger/rules.ts'
import { repayDebt } from './debt.ts'
import { findReceipt, listOwnDeposits, type Picture } from './deposit-store.ts'
import {
  askForDeposit,
  cancelDeposit,
  claimDeposit,
  ownDeposit,
  reopenDeposit,
  type PaymentPlatform,
} from './deposits.ts'
import { listReceivingAccounts } from './receiving-accounts.ts'
import { readPaymentSettings } from './settings.ts'

export interface MemberPaymentDeps {
  readonly platform: PaymentPlatform
  readonly auth: Auth
}

const Page = v.object({ before: v.optional(Id) })

export function memberPaymentRoutes({ platform, auth }: MemberPaymentDeps): Hono {
  const { database } = platform
  const app = new Hono()

  async function own(c: Context): Promise<{ memberId: string; depositId: string }> {
    const { memberId } = await auth.member(c)
    return { memberId, depositId: c.req.param('id') ?? '' }
  }

  app.get('/api/me/deposits', async (c) => {
    const { memberId } = await auth.member(c)
    const { before } = check(Page, c.req.query())
    const [accounts, settings, deposits] = await Promise.all([
      listReceivingAccounts(platform, { isOpenOnly: true }),
      readPaymentSettings(database),
      listOwnDeposits(platform, { memberId, before }),
    ])
    return c.json(v.parse(DepositList, { accounts, minimumRupiah: settings.depositMinimumRupiah, deposits }))
  })

  app.post('/api/me/deposits', async (c) => {
    const { memberId } = await auth.member(c)
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const request = await readJson(c, AskForDeposit)
    return c.json(await askForDeposit(platform, { memberId, idempotencyKey, request }), 201)
  })

  app.post('/api/me/deposits/:id/cancel', async (c) => c.json(await cancelDeposit(platform, await own(c))))
  app.post('/api/me/deposits/:id/reopen', async (c) => c.json(await reopenDeposit(platform, await own(c))))
  app.post('/api/me/deposits/:id/claim', async (c) => c.json(await claimDeposit(platform, await own(c))))

  app.put('/api/me/deposits/:id/receipt', async (c) => {
    const mine = await own(c)
    const body = await readBytes(c, RECEIPT_MAX_BYTES)
    const type = pictureType(body)
    if (type === undefined || type !== c.req.header('content-type')?.split(';')[0]?.trim())
      throw new AppError('unsupported_media_type')
    requireReasonableSize(body)
    return c.json(await claimDeposit(platform, mine, { type, body }))
  })

  app.get('/api/me/deposits/:id/receipt', async (c) => {
    const { id } = await ownDeposit(platform, await own(c))
    return privatePicture(c, await findReceipt(database, id))
  })

  app.post('/api/me/debt/repay', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await repayDebt(platform, memberId))
  })

  return app
}

/** Never kept by a cache, and nothing in it can act. @throws AppError `not_found` */
export function privatePicture(c: Context, picture: Picture | undefined): Response {
  if (!picture) throw new AppError('not_found')
  return c.body(picture.body, 200, {
    'content-type': picture.type,
    'cache-control': 'private, no-store',
    'content-security-policy': INERT_POLICY,
  })
}
