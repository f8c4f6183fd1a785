/** Where admins decide about money that came by bank transfer. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { Reason } from '../../shared/contracts/admin.ts'
import { Id } from '../../shared/contracts/fields.ts'
import {
  ApproveDeposit,
  AssignLine,
  BankLine,
  CreditLine,
  DepositState,
  ImportStatement,
  NewReceivingAccount,
  PaymentSettings,
  ReceivingAccountChange,
  RecordArrival,
  STATEMENT_MAX_BYTES,
} from '../../shared/contracts/payments.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { check, readBytes, readJson } from '../http/input.ts'
import { masked } from './bank-secrets.ts'
import {
  assignLine,
  creditLine,
  dismissLine,
  listBankLines,
  recordArrival,
  returnLine,
  type LineDecision,
} from './bank-lines.ts'
import { approveDeposit, rejectDeposit, reopenForMember, reverseDeposit } from './deposit-decisions.ts'
import { findReceipt, listDeposits } from './deposit-store.ts'
import type { PaymentPlatform } from './deposits.ts'
import { privatePicture } from './member-routes.ts'
import {
  changeReceivingAccount,
  findReceivingAccount,
  insertReceivingAccount,
  listReceivingAccounts,
} from './receiving-accounts.ts'
import { paymentError } from './refusals.ts'
import { putPaymentSettings, readPaymentSettings } from './settings.ts'
import { importStatement, previewStatement } from './statement/import.ts'

export interface AdminPaymentDeps {
  readonly platform: PaymentPlatform
  readonly auth: Auth
  /** After deposits were credited: something may have waited for the money. */
  readonly onCredited: () => void
}

const DepositQuery = v.object({
  state: v.optional(DepositState),
  total: v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(Number))),
  before: v.optional(Id),
})
const LineQuery = v.object({ state: v.optional(BankLine.entries.state), before: v.optional(Id) })

export function adminPaymentRoutes({ platform, auth, onCredited }: AdminPaymentDeps): Hono {
  const { clock, database, random } = platform
  const app = new Hono()

  async function act(c: Context): Promise<{ adminId: string; depositId: string }> {
    const { adminId } = await auth.admin(c)
    return { adminId, depositId: c.req.param('id') ?? '' }
  }

  app.get('/api/admin/deposits', async (c) => {
    await auth.admin(c)
    const query = check(DepositQuery, c.req.query())
    return c.json({ deposits: await listDeposits(platform, query) })
  })
  app.post('/api/admin/deposits/:id/approve', async (c) => {
    const acting = await act(c)
    const approved = await approveDeposit(platform, acting, await readJson(c, ApproveDeposit))
    onCredited()
    return c.json(approved)
  })
  app.post('/api/admin/deposits/:id/reject', async (c) => {
    const acting = await act(c)
    return c.json(await rejectDeposit(platform, acting, (await readJson(c, Reason)).reason))
  })
  app.post('/api/admin/deposits/:id/reopen', async (c) =>
    c.json(await reopenForMember(platform, await act(c))),
  )
  app.post('/api/admin/deposits/:id/reverse', async (c) => {
    const acting = await act(c)
    return c.json(await reverseDeposit(platform, acting, (await readJson(c, Reason)).reason))
  })
  app.get('/api/admin/deposits/:id/receipt', async (c) =>
    privatePicture(c, await findReceipt(database, (await act(c)).depositId)),
  )

  app.get('/api/admin/receiving-accounts', async (c) => {
    await auth.admin(c)
    return c.json({ accounts: await listReceivingAccounts(platform, { isOpenOnly: false }) })
  })
  app.post('/api/admin/receiving-accounts', async (c) => {
    const { adminId } = await auth.admin(c)
    const account = await readJson(c, NewReceivingAccount)
    const nowMs = clock.now()
    const id = ulid(nowMs, random.bytes)
    const { bank, accountNumber } = account
    await write([
      await insertReceivingAccount(platform, id, { account, nowMs }),
      logActivity({
        action: 'receiving_account_added',
        adminId,
        details: { bank, reference: masked(accountNumber) },
        nowMs,
      }),
    ])
    return c.json(await accountOf(id), 201)
  })
  app.patch('/api/admin/receiving-accounts/:id', async (c) => {
    const { adminId } = await auth.admin(c)
    const change = await readJson(c, ReceivingAccountChange)
    const { id, bank, accountNumber } = await accountOf(c.req.param('id'))
    const isEnabled = change.isOpen
    await write([
      changeReceivingAccount(id, change),
      logActivity({
        action: 'receiving_account_changed',
        adminId,
        details: { bank, reference: masked(accountNumber), ...(isEnabled !== undefined && { isEnabled }) },
        nowMs: clock.now(),
      }),
    ])
    return c.json(await accountOf(id))
  })

  app.post('/api/admin/receiving-accounts/:id/statement', async (c) => {
    await auth.admin(c)
    return c.json(await previewStatement(platform, await statementOf(c)))
  })
  app.post('/api/admin/receiving-accounts/:id/statement/import', async (c) => {
    const { adminId } = await auth.admin(c)
    const wish = check(ImportStatement, c.req.query())
    const result = await importStatement(platform, adminId, await statementOf(c), wish)
    onCredited()
    return c.json(result)
  })

  app.get('/api/admin/payment-settings', async (c) => {
    await auth.admin(c)
    return c.json(await readPaymentSettings(database))
  })
  app.put('/api/admin/payment-settings', async (c) => {
    const { adminId } = await auth.admin(c)
    const settings = await readJson(c, PaymentSettings)
    const nowMs = clock.now()
    await write([
      putPaymentSettings(settings, { adminId, nowMs }),
      logActivity({ action: 'payment_settings_changed', adminId, details: settings, nowMs }),
    ])
    return c.json(await readPaymentSettings(database))
  })

  app.get('/api/admin/bank-lines', async (c) => {
    await auth.admin(c)
    return c.json({ lines: await listBankLines(platform, check(LineQuery, c.req.query())) })
  })
  app.post('/api/admin/bank-lines', async (c) => {
    const { adminId } = await auth.admin(c)
    return c.json(await recordArrival(platform, adminId, await readJson(c, RecordArrival)), 201)
  })
  app.post('/api/admin/bank-lines/:id/credit', async (c) => {
    const { adminId } = await auth.admin(c)
    const { depositId } = await readJson(c, CreditLine)
    const line = await creditLine(platform, { adminId, lineId: c.req.param('id'), depositId })
    onCredited()
    return c.json(line)
  })
  app.post('/api/admin/bank-lines/:id/assign', async (c) => {
    const { adminId } = await auth.admin(c)
    const { memberId, reason } = await readJson(c, AssignLine)
    return c.json(await assignLine(platform, { adminId, lineId: c.req.param('id'), reason }, memberId))
  })
  for (const [path, decide] of [
    ['return', returnLine],
    ['dismiss', dismissLine],
  ] as const)
    app.post(`/api/admin/bank-lines/:id/${path}`, async (c) => {
      const { adminId } = await auth.admin(c)
      const { reason } = await readJson(c, Reason)
      const decision: LineDecision = { adminId, lineId: c.req.param('id'), reason }
      return c.json(await decide(platform, decision))
    })

  return app

  async function statementOf(c: Context): Promise<{ accountId: string; bytes: Uint8Array }> {
    if (!/^text\/csv\b/i.test(c.req.header('content-type') ?? ''))
      throw new AppError('unsupported_media_type')
    return { accountId: c.req.param('id') ?? '', bytes: await readBytes(c, STATEMENT_MAX_BYTES) }
  }

  async function accountOf(id: string) {
    const account = await findReceivingAccount(platform, id)
    if (!account) throw new AppError('not_found')
    return account
  }

  async function write(batch: Parameters<typeof database.write>[0]): Promise<void> {
    try {
      await database.write(batch)
    } catch (error) {
      throw paymentError(error)
    }
  }
}
