/** Cases: opened by members and guests about what is theirs, answered by admins. */
import { Hono } from 'hono'
import * as v from 'valibot'
import {
  AdminCase,
  type AdminCaseThread,
  Case,
  CaseState,
  type CaseThread,
  OpenCase,
  WriteMessage,
} from '../../shared/contracts/cases.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import { findDonationForAdmins } from '../donations/rules.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import type { Platform, RateLimit } from '../ports.ts'
import { answerCase, type CasePlatform, closeCase, openCase, writeToAdmins } from './messages.ts'
import {
  findCase,
  findCaseOfPayment,
  listCases,
  listMessages,
  listOwnCases,
  type StoredCase,
  toOwnCase,
} from './store.ts'
import { findPaymentId, findSubject } from './subjects.ts'

export interface CaseDeps {
  readonly platform: CasePlatform & Pick<Platform, 'rateLimiter'>
  readonly auth: Auth
}

const WRITTEN: RateLimit = { name: 'messages about transactions', max: 20, windowMs: 10 * 60_000 }
const Page = v.object({ before: v.optional(Id) })
const AdminQuery = v.object({ state: v.optional(CaseState, 'open'), before: v.optional(Id) })

export function caseRoutes({ platform, auth }: CaseDeps): Hono {
  const { database, rateLimiter } = platform
  const app = new Hono()

  /** Somebody else's is not there. @throws AppError `not_found` */
  async function own(memberId: string, id: string): Promise<StoredCase> {
    const found = await findCase(database, id)
    if (found?.memberId !== memberId) throw new AppError('not_found')
    return found
  }

  async function thread(about: StoredCase): Promise<CaseThread> {
    return { ...toOwnCase(about), messages: await listMessages(database, about.id) }
  }

  app.get('/api/me/cases', async (c) => {
    const { memberId } = await auth.member(c)
    const cases = await listOwnCases(database, { memberId, ...check(Page, c.req.query()) })
    return c.json({ cases: v.parse(v.array(Case), cases) })
  })

  app.post('/api/me/cases', async (c) => {
    const { memberId } = await auth.member(c)
    const request = await readJson(c, OpenCase)
    await requireWithin(rateLimiter, WRITTEN, memberId)
    return c.json(await thread(await openCase(platform, memberId, request)), 201)
  })

  app.get('/api/me/cases/:id', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await thread(await own(memberId, c.req.param('id'))))
  })

  app.post('/api/me/cases/:id/messages', async (c) => {
    const { memberId } = await auth.member(c)
    const about = await own(memberId, c.req.param('id'))
    const { text } = await readJson(c, WriteMessage)
    await requireWithin(rateLimiter, WRITTEN, memberId)
    return c.json(await thread(await writeToAdmins(platform, about, text)))
  })

  /** @throws AppError `not_found` */
  async function paymentOf(token: string): Promise<string> {
    const paymentId = await findPaymentId(database, token)
    if (paymentId === undefined) throw new AppError('not_found')
    return paymentId
  }

  app.get('/api/payments/:token/case', async (c) => {
    const about = await findCaseOfPayment(database, await paymentOf(c.req.param('token')))
    return c.json({ thread: about ? await thread(about) : null })
  })

  app.post('/api/payments/:token/case', async (c) => {
    const reference = await paymentOf(c.req.param('token'))
    const { text } = await readJson(c, WriteMessage)
    await requireWithin(rateLimiter, WRITTEN, reference)
    const going = await findCaseOfPayment(database, reference)
    const about =
      going && going.state !== 'closed'
        ? await writeToAdmins(platform, going, text)
        : await openCase(platform, GUEST_ID, { kind: 'guest_payment', reference, text })
    return c.json(await thread(about))
  })

  /** @throws AppError `not_found` */
  async function anyCase(id: string): Promise<StoredCase> {
    const found = await findCase(database, id)
    if (!found) throw new AppError('not_found')
    return found
  }

  async function adminThread(about: StoredCase): Promise<AdminCaseThread> {
    const subject = await findSubject(database, about)
    if (!subject) throw new AppError('not_found')
    const { at, title, state } = subject
    const [messages, donation] = await Promise.all([
      listMessages(database, about.id),
      findDonationForAdmins(database, { ...about, nowMs: platform.clock.now() }),
    ])
    return { ...about, messages, subject: { at, title, state }, donation: donation ?? null }
  }

  app.get('/api/admin/cases', async (c) => {
    await auth.admin(c)
    const cases = await listCases(database, check(AdminQuery, c.req.query()))
    return c.json({ cases: v.parse(v.array(AdminCase), cases) })
  })

  app.get('/api/admin/cases/:id', async (c) => {
    await auth.admin(c)
    return c.json(await adminThread(await anyCase(c.req.param('id'))))
  })

  app.post('/api/admin/cases/:id/messages', async (c) => {
    const { adminId } = await auth.admin(c)
    const { text } = await readJson(c, WriteMessage)
    const about = await anyCase(c.req.param('id'))
    return c.json(await adminThread(await answerCase(platform, about, { adminId, text })))
  })

  app.post('/api/admin/cases/:id/close', async (c) => {
    const { adminId } = await auth.admin(c)
    return c.json(await adminThread(await closeCase(platform, await anyCase(c.req.param('id')), adminId)))
  })

  return app
}
