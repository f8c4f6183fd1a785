/** Links of pages in OBS: their key is traded for a cookie, and a new link ends the old one at once. */
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { MAIN_SLOT } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid, ULID_PATTERN } from '../../shared/ids.ts'
import { hashToken, isSameSecret, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database, Platform, Statement } from '../ports.ts'
import { RETURNING_OUTBOX, toOutboxRow } from './outbox.ts'
import type { Slot } from './play-expiry.ts'

const COOKIE = 'panggung_overlay'
const TOKEN_PATTERN = /^[a-z0-9]{32}$/
/** Each opened page makes one; the oldest go. */
const MAX_SESSIONS = 50

/** Where pages of a kind ask: their cookies are sent to no other place. */
export interface LinkPlace {
  readonly path: '/api/overlay' | '/api/dock'
  /** The only slot of the place; without one, all but the dock's. */
  readonly slot?: string
}
/** A dock controls the queue, so no other link opens it, and its own opens nothing else. */
export const DOCK = { path: '/api/dock', slot: 'dock' } as const
const OVERLAY: LinkPlace = { path: '/api/overlay' }

function isOfPlace(slot: string, { slot: only }: LinkPlace): boolean {
  return only === undefined ? slot !== DOCK.slot : slot === only
}

/** An overlay page that is let in. */
export interface OverlayIdentity {
  readonly overlayId: string
  readonly channelId: string
  readonly slot: string
}

export type OverlayPlatform = Pick<Platform, 'config' | 'clock' | 'random' | 'database' | 'hub'>

/** @throws AppError `overlay_link_replaced` for every key but the present one */
export async function signInOverlay(
  c: Context,
  { clock, config, database, random }: OverlayPlatform,
  { overlayId, key, place = OVERLAY }: { overlayId: string; key: string; place?: LinkPlace },
): Promise<void> {
  if (!ULID_PATTERN.test(overlayId)) throw new AppError('overlay_link_replaced')
  const [row] = await database.read({
    sql: 'SELECT key_hash, slot FROM overlay WHERE id = ? AND replaced_at IS NULL',
    args: [overlayId],
  })
  const keyHash = await hashToken(key)
  if (!row || !isOfPlace(text(row, 'slot'), place) || !(await isSameSecret(keyHash, text(row, 'key_hash'))))
    throw new AppError('overlay_link_replaced')
  const nowMs = clock.now()
  // Widgets of one OBS share the cookie: each of them would push out the session of another computer.
  if (await hasSession(c, database, { overlayId, until: nowMs + config.durations.session / 2 })) return
  const token = newToken(random.bytes)
  const expiresAt = nowMs + config.durations.session
  const [[created] = []] = await database.write([
    {
      // The link may have been replaced since it was read.
      sql: `INSERT INTO overlay_session (token_hash, overlay_id, created_at, expires_at)
        SELECT ?, id, ?, ? FROM overlay WHERE id = ? AND key_hash = ? AND replaced_at IS NULL
        RETURNING overlay_id`,
      args: [await hashToken(token), nowMs, expiresAt, overlayId, keyHash],
    },
    { sql: 'DELETE FROM overlay_session WHERE expires_at <= ?', args: [nowMs] },
    {
      sql: `DELETE FROM overlay_session WHERE overlay_id = ? AND token_hash NOT IN (
          SELECT token_hash FROM overlay_session WHERE overlay_id = ? ORDER BY created_at DESC LIMIT ?)`,
      args: [overlayId, overlayId, MAX_SESSIONS],
    },
  ])
  if (!created) throw new AppError('overlay_link_replaced')
  setCookie(c, COOKIE, token, {
    path: `${place.path}/${overlayId}`,
    httpOnly: true,
    sameSite: 'Strict',
    secure: isHttps(c),
    maxAge: Math.min(Math.floor(config.durations.session / 1000), MAX_COOKIE_SECONDS),
  })
}

async function hasSession(
  c: Context,
  database: Database,
  { overlayId, until }: { overlayId: string; until: number },
): Promise<boolean> {
  const token = getCookie(c, COOKIE)
  if (token === undefined || !TOKEN_PATTERN.test(token)) return false
  const [row] = await database.read({
    sql: 'SELECT 1 AS found FROM overlay_session WHERE token_hash = ? AND overlay_id = ? AND expires_at > ?',
    args: [await hashToken(token), overlayId, until],
  })
  return row !== undefined
}

/** Browsers keep no cookie for longer than 400 days, and Hono refuses to write one. */
const MAX_COOKIE_SECONDS = 400 * 86_400

function isHttps(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:' || c.req.header('x-forwarded-proto')?.trim() === 'https'
}

/** @throws AppError `overlay_link_replaced` */
export async function overlayOf(
  c: Context,
  { clock, database }: Pick<Platform, 'clock' | 'database'>,
  place: LinkPlace = OVERLAY,
): Promise<OverlayIdentity> {
  const token = getCookie(c, COOKIE)
  if (token === undefined || !TOKEN_PATTERN.test(token)) throw new AppError('overlay_link_replaced')
  const [row] = await database.read({
    sql: `SELECT overlay.id, overlay.channel_id, overlay.slot FROM overlay_session
      JOIN overlay ON overlay.id = overlay_session.overlay_id
      WHERE overlay_session.token_hash = ? AND overlay_session.expires_at > ? AND overlay.id = ?
        AND overlay.replaced_at IS NULL`,
    args: [await hashToken(token), clock.now(), c.req.param('id') ?? ''],
  })
  if (!row || !isOfPlace(text(row, 'slot'), place)) throw new AppError('overlay_link_replaced')
  return { overlayId: text(row, 'id'), channelId: text(row, 'channel_id'), slot: text(row, 'slot') }
}

export interface ReplacedLink {
  readonly channelId: string
  readonly slug: string
  readonly memberId: string
  readonly slot?: string
  /** What is kept of the key so that it can be read again; nothing unless told. */
  readonly seal?: (key: string, id: string) => Promise<string>
}

/**
 * Makes the link of a slot, or replaces it: the old one's pages are told, cut off, and hold nothing.
 * @returns id and key; unless it is sealed, the key is nowhere but here
 */
export async function replaceOverlay(
  { clock, database, hub, random }: OverlayPlatform,
  { channelId, slug, memberId, slot = MAIN_SLOT, seal }: ReplacedLink,
): Promise<{ readonly id: string; readonly key: string }> {
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const key = newToken(random.bytes)
  const sealed = seal ? await seal(key, id) : null
  const [told = []] = await database.write([
    ...endLink({ channelId, slot, nowMs }),
    {
      sql: 'INSERT INTO overlay (id, channel_id, slot, key_hash, sealed_key, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      args: [id, channelId, slot, await hashToken(key), sealed, nowMs],
    },
    logActivity({ action: 'overlay_link_made', memberId, details: { channel: slug, slot }, nowMs }),
  ])
  hub.publish(told.map(toOutboxRow))
  return { id, key }
}

/** Ends the link of a slot if it has one; the first of the statements returns what the hub is told. */
export function endLink({
  channelId,
  slot,
  nowMs,
}: Slot & { readonly nowMs: number }): readonly [outbox: Statement, ...Statement[]] {
  return [
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT channel_id, 'both', 'overlay_replaced',
          json_object('type', 'overlay_replaced', 'overlayId', id), ?
        FROM overlay WHERE channel_id = ? AND slot = ? AND replaced_at IS NULL ${RETURNING_OUTBOX}`,
      args: [nowMs, channelId, slot],
    },
    {
      sql: `DELETE FROM overlay_session WHERE overlay_id IN (
          SELECT id FROM overlay WHERE channel_id = ? AND slot = ? AND replaced_at IS NULL)`,
      args: [channelId, slot],
    },
    {
      sql: 'UPDATE overlay SET replaced_at = ? WHERE channel_id = ? AND slot = ? AND replaced_at IS NULL',
      args: [nowMs, channelId, slot],
    },
    { sql: 'DELETE FROM slot_lease WHERE channel_id = ? AND slot = ?', args: [channelId, slot] },
  ]
}

export interface FoundLink {
  readonly id: string
  readonly createdAt: number
  readonly sealedKey: string | null
}

export async function findOverlay(
  database: Database,
  channelId: string,
  slot: string = MAIN_SLOT,
): Promise<FoundLink | undefined> {
  const [row] = await database.read({
    sql: `SELECT id, created_at, sealed_key FROM overlay
      WHERE channel_id = ? AND slot = ? AND replaced_at IS NULL`,
    args: [channelId, slot],
  })
  return (
    row && {
      id: text(row, 'id'),
      createdAt: integer(row, 'created_at'),
      sealedKey: textOrNull(row, 'sealed_key'),
    }
  )
}
