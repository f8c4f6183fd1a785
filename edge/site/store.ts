/** Settings of the installation: one row each, the value as JSON. */
import * as v from 'valibot'
import { Site, SiteSettings } from '../../shared/contracts/site.ts'
import type { EdgeConfig } from '../config.ts'
import { text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'

/** Row whose primary key lets only one setup win. */
export const SET_UP_AT = 'setUpAt'

export async function readSite(database: Database, config: EdgeConfig): Promise<Site> {
  const names = [SET_UP_AT, ...Object.keys(SiteSettings.entries)]
  const rows = await database.read({
    sql: `SELECT name, value FROM setting WHERE name IN (${names.map(() => '?').join(', ')})`,
    args: names,
  })
  const stored = Object.fromEntries(
    rows.map((row): [string, unknown] => [text(row, 'name'), JSON.parse(text(row, 'value'))]),
  )
  return v.parse(Site, {
    name: 'Panggung',
    timeZone: 'Asia/Jakarta',
    registration: 'open',
    preset: 'streamers',
    publicUrl: config.defaultPublicUrl,
    rtmpUrl: config.defaultRtmpUrl,
    donationsEnabled: true,
    homeChannel: null,
    ...stored,
    isSetUp: stored[SET_UP_AT] !== undefined,
  })
}

/** Without the rest of the settings. */
export async function hasDonations(database: Database): Promise<boolean> {
  const [row] = await database.read({ sql: `SELECT value FROM setting WHERE name = 'donationsEnabled'` })
  return row === undefined || JSON.parse(text(row, 'value')) === true
}

/** Fails on `setting.name` when it is there already. */
export function insertSetting(name: string, value: unknown): Statement {
  return { sql: 'INSERT INTO setting (name, value) VALUES (?, ?)', args: [name, JSON.stringify(value)] }
}

export function putSettings(settings: {
  readonly [Name in keyof SiteSettings]?: SiteSettings[Name] | undefined
}): Statement[] {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return given.map(([name, value]) => ({
    sql: `INSERT INTO setting (name, value) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    args: [name, JSON.stringify(value)],
  }))
}

export function insertAdmin(admin: {
  id: string
  username: string
  passwordHash: string
  nowMs: number
}): Statement {
  return {
    sql: 'INSERT INTO admin (id, username, password_hash, created_at) VALUES (?, ?, ?, ?)',
    args: [admin.id, admin.username, admin.passwordHash, admin.nowMs],
  }
}

export async function channelExists(database: Database, slug: string): Promise<boolean> {
  const rows = await database.read({ sql: 'SELECT 1 AS found FROM channel WHERE slug = ?', args: [slug] })
  return rows.length > 0
}
