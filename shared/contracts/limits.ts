/**
 * What admins allow a broadcast, for all channels and for single ones.
 *   GET    /api/admin/limits                  AdminLimits
 *   PUT    /api/admin/limits                  InstallationLimits → AdminLimits
 *   PUT    /api/admin/channels/:slug/limits   ChannelLimits → AdminLimits   instead of the installation's
 *   DELETE /api/admin/channels/:slug/limits   → AdminLimits                 the installation's again
 */
import * as v from 'valibot'
import { Slug } from './fields.ts'

const limit = (max: number) => v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max)))

/** May be left out: clients and rows from before it know no such limit. */
const laterLimit = (max: number) => v.optional(limit(max), null)

/** As `BroadcastLimits`, within what makes sense: 1 Gb/s, 16K, a month. */
export const ChannelLimits = v.strictObject({
  maxBitrateBps: limit(1_000_000_000),
  maxResolution: limit(8640),
  maxDurationSeconds: limit(31 * 86_400),
  /** At once, of one channel. */
  maxViewers: laterLimit(10_000_000),
})
export type ChannelLimits = v.InferOutput<typeof ChannelLimits>

/** What holds for every channel without limits of its own, and how many may be on air at once. */
export const InstallationLimits = v.strictObject({
  ...ChannelLimits.entries,
  maxBroadcasts: limit(10_000),
  /** At once, of all channels together. */
  maxSiteViewers: laterLimit(10_000_000),
})
export type InstallationLimits = v.InferOutput<typeof InstallationLimits>

export const AdminLimits = v.object({
  installation: v.object(InstallationLimits.entries),
  /** Only those with limits of their own. */
  channels: v.array(v.object({ slug: Slug, title: v.string(), limits: v.object(ChannelLimits.entries) })),
})
export type AdminLimits = v.InferOutput<typeof AdminLimits>
