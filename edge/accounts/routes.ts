/** Accounts: becoming a member, signing in and out, and what a member sees about themselves. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import {
  AskForRight,
  type InviteState,
  MarkRead,
  Member,
  Notification,
  RegisterRequest,
  RightRequest,
  type Session,
  SignInRequest,
} from '../../shared/contracts/accounts.ts'
import { type Admin, AdminSignInRequest } from '../../shared/contracts/admin.ts'
import type { Site } from '../../shared/contracts/site.ts'
import { AppError } from '../../shared/errors.ts'
import { deviceName } from '../../shared/device-name.ts'
import { ulid, ULID_PATTERN } from '../../shared/ids.ts'
import { hashToken } from '../../shared/tokens.ts'
import { listAdminNotices } from '../admin/rules.ts'
import { logActivity } from '../db/activity.ts'
import type { AdminIdentity, Auth, Sessions } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { countOpenCases } from '../cases/rules.ts'
import { mailLanguage, queueMail, sendSoon } from '../mail/rules.ts'
import { countHeldWithdrawals, countOpenDeposits, readTotalHeld } from '../payments/rules.ts'
import { ConstraintError, type Platform, type RateLimit, type Statement } from '../ports.ts'
import { registrationError } from './rules.ts'
import { factorError, type SecondFactor } from '../second-factor/rules.ts'
import type { SignIn } from './sign-in.ts'
import {
  countOpenRequests,
  insertMember,
  insertRightRequest,
  isInviteOpen,
  readInviteState,
  listNotifications,
  listRightRequests,
  markRead,
  readMember,
  useInvite,
} from './store.ts'

/** A hash and a row each. The window is short, so that those behind one address do not wait long. */
const REGISTRATION_WINDOW_MS = 10 * 60_000

/** Later it is no news. */
const NEW_DEVICE_MAIL_LIFE_MS = 24 * 3_600_000

const InviteQuery = v.object({ code: v.pipe(v.string(), v.maxLength(64)) })

export interface AccountDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly sessions: Sessions
  readonly site: () => Promise<Site>
  readonly signIn: SignIn
  readonly secondFactor: SecondFactor
}

export function accountRoutes({ platform, auth, sessions, site, signIn, secondFactor }: AccountDeps): Hono {
  const { clientAddress, clock, config, database, passwords, random, rateLimiter } = platform
  const registrations: RateLimit = {
    name: 'registrations from one address',
    max: config.limits.registrationsPerAddress,
    windowMs: REGISTRATION_WINDOW_MS,
  }
  const app = new Hono()

  async function memberOf(memberId: string): Promise<Member> {
    return v.parse(Member, await readMember(database, memberId))
  }

  async function isSignedInAdmin(c: Context): Promise<boolean> {
    try {
      await auth.admin(c)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'admin_required') return false
      throw error
    }
  }

  async function adminOf({ adminId, username }: AdminIdentity): Promise<Admin> {
    const [openRequests, openDeposits, openWithdrawals, openCases, held, hasSecondFactor, notices] =
      await Promise.all([
        countOpenRequests(database),
        countOpenDeposits(database, clock.now()),
        countHeldWithdrawals(database),
        countOpenCases(database),
        readTotalHeld(database),
        secondFactor.isOn(adminId),
        listAdminNotices(database, adminId),
      ])
    const open = { openRequests, openDeposits, openWithdrawals, openCases, ...held }
    return { id: adminId, username, hasSecondFactor, notices, ...open }
  }

  function newDeviceMail(c: Context, memberId: string): Promise<Statement[]> {
    const device = deviceName(c.req.header('user-agent') ?? '') || '?'
    const language = mailLanguage(c.req.header('accept-language'))
    return queueMail(platform, {
      kind: 'new_device',
      memberId,
      language,
      about: { device },
      lifeMs: NEW_DEVICE_MAIL_LIFE_MS,
    })
  }

  app.post('/api/accounts/register', async (c) => {
    const { registration } = await site()
    if (registration === 'closed') throw new AppError('registration_closed')
    const { email, username, password, invite } = await readJson(c, RegisterRequest)
    await requireWithin(rateLimiter, registrations, clientAddress(c))
    const nowMs = clock.now()
    const inviteHash = registration === 'invited' ? await hashToken(invite ?? '') : undefined
    // Before the expensive hash; that an invite is used once is decided by the write.
    if (inviteHash !== undefined && !(await isInviteOpen(database, inviteHash, nowMs)))
      throw new AppError('invite_wrong')
    const memberId = ulid(nowMs, random.bytes)
    const passwordHash = await passwords.hash(password)
    const session = await sessions.open(c, { audience: 'member', id: memberId })
    try {
      await database.write([
        insertMember({ id: memberId, email, username, passwordHash, nowMs }),
        ...(inviteHash === undefined ? [] : useInvite(inviteHash, memberId, nowMs)),
        session.statement,
        logActivity({ action: 'member_registered', memberId, nowMs }),
      ])
    } catch (error) {
      throw error instanceof ConstraintError ? registrationError(error) : error
    }
    session.setCookie()
    return c.json(await memberOf(memberId), 201)
  })

  app.get('/api/accounts/invite', async (c) => {
    const { code } = check(InviteQuery, c.req.query())
    const answer: InviteState = { state: await readInviteState(database, await hashToken(code), clock.now()) }
    return c.json(answer)
  })

  app.post('/api/accounts/sign-in', async (c) => {
    const { id: memberId, device } = await signIn(c, 'member', await readJson(c, SignInRequest))
    const session = await sessions.open(c, { audience: 'member', id: memberId })
    const isNewDevice = device === undefined
    await database.write([
      session.statement,
      logActivity({
        action: 'signed_in',
        memberId,
        details: { ...(isNewDevice && { isNewDevice }) },
        nowMs: clock.now(),
      }),
      ...(isNewDevice ? await newDeviceMail(c, memberId) : []),
    ])
    session.setCookie()
    if (isNewDevice) sendSoon(platform)
    return c.json(await memberOf(memberId))
  })

  app.post('/api/accounts/sign-out', async (c) => {
    await sessions.close(c, 'member')
    return c.body(null, 204)
  })

  app.post('/api/admin/sign-in', async (c) => {
    const { code, ...credentials } = await readJson(c, AdminSignInRequest)
    const { id: adminId, username, device } = await signIn(c, 'admin', credentials)
    const spending = await secondFactor.spend({ adminId, code, device })
    const session = await sessions.open(c, { audience: 'admin', id: adminId })
    try {
      await database.write([
        ...spending,
        session.statement,
        logActivity({ action: 'signed_in', adminId, nowMs: clock.now() }),
      ])
    } catch (error) {
      throw factorError(error)
    }
    session.setCookie()
    return c.json(await adminOf({ adminId, username }))
  })

  app.post('/api/admin/sign-out', async (c) => {
    await sessions.close(c, 'admin')
    return c.body(null, 204)
  })

  app.get('/api/admin/me', async (c) => c.json(await adminOf(await auth.admin(c))))

  app.get('/api/session', async (c) => {
    const [settings, visitor, isAdmin] = await Promise.all([site(), auth.visitor(c), isSignedInAdmin(c)])
    const session: Session = {
      site: settings,
      member: visitor ? await memberOf(visitor.memberId) : null,
      isAdmin,
      hasMail: platform.mail !== undefined,
    }
    return c.json(session)
  })

  app.get('/api/me', async (c) => c.json(await memberOf((await auth.member(c)).memberId)))

  app.get('/api/me/right-requests', async (c) => {
    const { memberId } = await auth.member(c)
    const requests = await listRightRequests(database, memberId)
    return c.json({ requests: v.parse(v.array(RightRequest), requests) })
  })

  app.post('/api/me/right-requests', async (c) => {
    const { memberId } = await auth.member(c)
    const { right, reason } = await readJson(c, AskForRight)
    const nowMs = clock.now()
    const id = ulid(nowMs, random.bytes)
    try {
      const [[inserted] = []] = await database.write([
        insertRightRequest({ id, memberId, right, reason, nowMs }),
        logActivity({
          action: 'right_requested',
          memberId,
          details: { right },
          nowMs,
          onlyIf: { sql: 'EXISTS (SELECT 1 FROM right_request WHERE id = ?)', args: [id] },
        }),
      ])
      if (!inserted) throw new AppError('right_already_held')
    } catch (error) {
      if (error instanceof ConstraintError && error.rule === 'right_request.member_id')
        throw new AppError('request_already_open', { cause: error })
      throw error
    }
    const request = { id, right, reason, state: 'open', note: null, createdAt: nowMs, decidedAt: null }
    return c.json(v.parse(RightRequest, request), 201)
  })

  app.get('/api/me/notifications', async (c) => {
    const { memberId } = await auth.member(c)
    const before = c.req.query('before')
    if (before !== undefined && !ULID_PATTERN.test(before)) throw new AppError('bad_request')
    const { notifications, unread } = await listNotifications(database, { memberId, before })
    return c.json({ notifications: v.parse(v.array(Notification), notifications), unread })
  })

  app.post('/api/me/notifications/read', async (c) => {
    const { memberId } = await auth.member(c)
    const { ids } = await readJson(c, MarkRead)
    await database.write([markRead(memberId, ids, clock.now())])
    return c.body(null, 204)
  })

  return app
}
