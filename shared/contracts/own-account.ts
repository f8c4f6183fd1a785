/**
 * What a member does with their own account.
 *   PUT    /api/me/username      ChangeUsername → 204 (409 username_taken)
 *   PUT    /api/me/avatar        image/jpeg as AVATAR says → 204
 *   DELETE /api/me/avatar        → 204
 *   GET    /api/me/sessions      { sessions: DeviceSession[] }
 *   DELETE /api/me/sessions/:id  → 204
 *   DELETE /api/me/sessions      → 204        all but this one
 *   GET    /api/me/activity      ?before=ID → { activity: OwnActivity[] }
 *   GET    /api/me/export        a JSON file with what is kept about the member
 *   POST   /api/me/closing       CloseAccount → 204
 */
import * as v from 'valibot'
import { Activity } from './activity.ts'
import { Instant, MemberName } from './fields.ts'

const OwnPassword = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

export const ChangeUsername = v.strictObject({ username: MemberName, password: OwnPassword })

/** The page cuts and scales what was chosen to this square. */
export const AVATAR = { sizePx: 256, maxBytes: 65_536 } as const

export const DeviceSession = v.object({
  id: v.string(),
  /** As `shared/device-name`; empty when it is not known. */
  device: v.string(),
  signedInAt: Instant,
  isThis: v.boolean(),
})
export type DeviceSession = v.InferOutput<typeof DeviceSession>

/** Which admin did something is no business of the member. */
export const OwnActivity = v.omit(Activity, ['member', 'admin'])
export type OwnActivity = v.InferOutput<typeof OwnActivity>

export const CloseAccount = v.strictObject({ password: OwnPassword })
