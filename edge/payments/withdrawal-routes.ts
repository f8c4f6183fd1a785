/** Money out of wallets: asked for by members, decided by admins. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Reason } from '../../shared/contracts/admin.ts'
import { Id } from '../../shared/contracts/fields.ts'
import {
  AskForWithdrawal,
  NameCheck,
  NewPayoutAccount,
  PayWithdrawal,
  WithdrawalList,
  WithdrawalState,
} from '../../shared/contracts/withdrawals.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { readIdempotencyKey } from '../ledger/rules.ts'
import { checkName } from './name-checks.ts'
import { findPayoutAccount, setPayoutAccount, type PayoutPlatform } from './payout-accounts.ts'
import { readPaymentSettings } from './settings.ts'
import {
  approveWithdrawal,
  payWithdrawal,
  releaseWithdrawal,
  reverseWithdrawal,
} from './withdrawal-decisions.ts'
import { listOwnWithdrawals, listWithdrawals } from './withdrawal-store.ts'
import { askForWithdrawal } from './withdrawals.ts'

export interface WithdrawalDeps {
  readonly platform: PayoutPlatform
  readonly auth: Auth
}

const Page = v.object({ before: v.optional(Id) })
const AdminQuery = v.object({ state: v.optional(WithdrawalState), before: v.optional(Id) })

export function withdrawalRoutes({ platform, auth }: WithdrawalDeps): Hono {
  const { database } = platform
  const app = new Hono()

  app.get('/api/me/withdrawals', async (c) => {
    const { memberId } = await auth.member(c)
    const { before } = check(Page, c.req.query())
    const [account, settings, withdrawals] = await Promise.all([
      findPayoutAccount(database, memberId),
      readPaymentSettings(database),
      listOwnWithdrawals(database, { memberId, before }),
    ])
    return c.json(
      v.parse(WithdrawalList, {
        account: account ?? null,
        minimumRupiah: settings.withdrawalMinimumRupiah,
        feeRupiah: settings.withdrawalFeeRupiah,
        coolDownHours: settings.payoutAccountCoolDownHours,
        withdrawals,
      }),
    )
  })

  app.put('/api/me/payout-account', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await setPayoutAccount(platform, memberId, await readJson(c, NewPayoutAccount)))
  })

  app.post('/api/me/withdrawals', async (c) => {
    const { memberId } = await auth.member(c)
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const request = await readJson(c, AskForWithdrawal)
    return c.json(await askForWithdrawal(platform, { memberId, idempotencyKey, request }), 201)
  })

  app.get('/api/admin/withdrawals', async (c) => {
    await auth.admin(c)
    return c.json({ withdrawals: await listWithdrawals(platform, check(AdminQuery, c.req.query())) })
  })

  app.post('/api/admin/withdrawals/:id/approve', async (c) => {
    const { adminId } = await auth.admin(c)
    return c.json(await approveWithdrawal(platform, { adminId, withdrawalId: c.req.param('id') }))
  })

  app.post('/api/admin/withdrawals/:id/name-check', async (c) => {
    const { adminId } = await auth.admin(c)
    const names = await readJson(c, NameCheck)
    return c.json(await checkName(platform, { adminId, withdrawalId: c.req.param('id') }, names))
  })

  app.post('/api/admin/withdrawals/:id/pay', async (c) => {
    const { adminId } = await auth.admin(c)
    const payment = await readJson(c, PayWithdrawal)
    return c.json(await payWithdrawal(platform, { adminId, withdrawalId: c.req.param('id') }, payment))
  })

  for (const [path, decide] of [
    ['release', releaseWithdrawal],
    ['reverse', reverseWithdrawal],
  ] as const)
    app.post(`/api/admin/withdrawals/:id/${path}`, async (c) => {
      const { adminId } = await auth.admin(c)
      const { reason } = await readJson(c, Reason)
      return c.json(await decide(platform, { adminId, withdrawalId: c.req.param('id') }, reason))
    })

  return app
}
