/** Sessions of members and admins: a random token in a cookie, its hash in the database. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { text } from '../db/row.ts'
import type { Audience, Auth, MemberIdentity, Sessions } from '../http/auth.ts'
import type { Platform, Row, Statement } from '../ports.ts'
import { cookieOptions } from './cookie-options.ts'
import { createDevices } from './devices.ts'

const COOKIE: Readonly<Record<Audience, string>> = { member: 'panggung_member', admin: 'panggung_admin' }
const TOKEN_PATTERN = /^[a-z0-9]{32}$/
const USER_AGENT_MAX_CHARS = 200

type SessionsPlatform = Pick<Platform, 'config' | 'clock' | 'random' | 'database'>

export function createSessions(platform: SessionsPlatform): Sessions {
  const { config, clock, random, database } = platform
  const devices = createDevices(platform)
  return {
    async open(c, { audience, id }) {
      const token = newToken(random.bytes)
      const nowMs = clock.now()
      const { session } = config.durations
      const setDeviceCookie = await devices.remember(c, { audience, id })
      return {
        statement: {
          sql: `INSERT INTO session (token_hash, audience, member_id, admin_id, created_at, expires_at, user_agent)
                VALUES (?, ?, ?, ?, ?, ?, ?)`,
          args: [
            await hashToken(token),
            audience,
            audience === 'member' ? id : null,
            audience === 'admin' ? id : null,
            nowMs,
            nowMs + session,
            (c.req.header('user-agent') ?? '').slice(0, USER_AGENT_MAX_CHARS),
          ],
        },
        setCookie() {
          setCookie(c, COOKIE[audience], token, {
            ...cookieOptions(c),
            // Browsers keep no cookie for longer than 400 days, and Hono refuses to write one.
            maxAge: Math.min(Math.floor(session / 1000), 400 * 86_400),
          })
          setDeviceCookie()
        },
      }
    },
    async hashOf(c, audience) {
      const token = presentedToken(c, audience)
      return token === undefined ? undefined : hashToken(token)
    },
    async close(c, audience) {
      const token = presentedToken(c, audience)
      deleteCookie(c, COOKIE[audience], cookieOptions(c))
      if (token === undefined) return
      await database.write([
        {
          sql: 'DELETE FROM session WHERE token_hash = ? OR expires_at <= ?',
          args: [await hashToken(token), clock.now()],
        },
      ])
    },
  }
}

export function createAuth({ clock, database }: Pick<Platform, 'clock' | 'database'>): Auth {
  async function query(token: string, audience: Audience): Promise<Statement> {
    return {
      sql: `SELECT ${audience}.id AS ${audience}_id, ${audience}.username FROM session
            JOIN ${audience} ON ${audience}.id = session.${audience}_id
            WHERE session.token_hash = ? AND session.audience = ? AND session.expires_at > ?`,
      args: [await hashToken(token), audience, clock.now()],
    }
  }
  async function subject(c: Context, audience: Audience): Promise<Row | undefined> {
    const token = presentedToken(c, audience)
    if (token === undefined) return undefined
    const [row] = await database.read(await query(token, audience))
    return row
  }
  async function visitor(c: Context): Promise<MemberIdentity | undefined> {
    const row = await subject(c, 'member')
    return row && { memberId: text(row, 'member_id'), username: text(row, 'username') }
  }
  return {
    visitor,
    // No token has the hash of an empty one.
    memberQuery: (c) => query(presentedToken(c, 'member') ?? '', 'member'),
    async member(c) {
      const member = await visitor(c)
      if (!member) throw new AppError('sign_in_required')
      return member
    },
    async admin(c) {
      const row = await subject(c, 'admin')
      if (!row) throw new AppError('admin_required')
      return { adminId: text(row, 'admin_id'), username: text(row, 'username') }
    },
  }
}

function presentedToken(c: Context, audience: Audience): string | undefined {
  const token = getCookie(c, COOKIE[audience])
  return token !== undefined && TOKEN_PATTERN.test(token) ? token : undefined
}
