/**
 *   GET   /api/site            Site
 *   POST  /api/setup           SetupRequest → 204, signs the first admin in
 *   PATCH /api/admin/site      SiteSettings, partial → Site
 */
import * as v from 'valibot'
import { line, Password, Slug, Username } from './fields.ts'

export const Registration = v.picklist(['open', 'invited', 'closed'])
export type Registration = v.InferOutput<typeof Registration>
export const Preset = v.picklist(['organisation', 'streamers'])
export type Preset = v.InferOutput<typeof Preset>

/** An IANA time zone this runtime knows. */
const TimeZone = v.pipe(v.string(), v.maxLength(64), v.check(isTimeZone))

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('id', { timeZone: name }).format(0) !== ''
  } catch {
    return false // RangeError is Intl's way of saying "unknown zone".
  }
}

const PublicUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(200),
  v.url(),
  v.regex(/^https?:\/\/[^/?#]+\/?$/),
  v.transform(withoutSlash),
)
const RtmpUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(200),
  v.regex(/^rtmps?:\/\/[^/?#\s]+\/live\/?$/),
  v.transform(withoutSlash),
)

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}

export const SiteSettings = v.object({
  name: line(60, 1),
  timeZone: TimeZone,
  registration: Registration,
  preset: Preset,
  publicUrl: PublicUrl,
  rtmpUrl: RtmpUrl,
  donationsEnabled: v.boolean(),
  /** The channel that the home page shows (organisation); null lists all channels. */
  homeChannel: v.nullable(Slug),
})
export type SiteSettings = v.InferOutput<typeof SiteSettings>

export const ChangeSite = v.partial(v.strictObject(SiteSettings.entries))

/** Public: what every page needs to know before it draws. */
export const Site = v.object({
  ...v.pick(SiteSettings, [
    'name',
    'timeZone',
    'registration',
    'preset',
    'publicUrl',
    'rtmpUrl',
    'donationsEnabled',
    'homeChannel',
  ]).entries,
  isSetUp: v.boolean(),
})
export type Site = v.InferOutput<typeof Site>

export const SetupRequest = v.strictObject({
  code: v.pipe(v.string(), v.trim(), v.maxLength(64)),
  admin: v.strictObject({ username: Username, password: Password }),
  site: v.omit(v.strictObject(SiteSettings.entries), ['donationsEnabled', 'homeChannel']),
})
export type SetupRequest = v.InferOutput<typeof SetupRequest>
