/** The overlay page's part: its session, its stream and its turn at the queue. */
import { Hono } from 'hono'
import { Id } from '../../shared/contracts/fields.ts'
import { ClaimAlert, HoldSlot, OverlaySignIn, PlayReport } from '../../shared/contracts/alerts.ts'
import { check, readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { WIDGETS_SLOT } from '../widgets/rules.ts'
import { openAlertStream, type StreamPlatform } from './connection.ts'
import { tellStream } from './in-stream.ts'
import { overlayOf, signInOverlay } from './overlay.ts'
import { claimAlert, reportDone, reportStarted } from './queue.ts'
import { holdSlot } from './slot.ts'
import { fetchSpeech, findSpoken } from './speech.ts'

export interface AlertDeps {
  readonly platform: StreamPlatform & Pick<Platform, 'fetchOrigin' | 'log' | 'waitUntil'>
}

export function alertRoutes({ platform }: AlertDeps): Hono {
  const { clock, config, database, hub } = platform
  const { claimLease, slotLease } = config.durations
  const app = new Hono()

  app.post('/api/overlay/:id/session', async (c) => {
    const { key } = await readJson(c, OverlaySignIn)
    await signInOverlay(c, platform, { overlayId: c.req.param('id'), key })
    return c.body(null, 204)
  })

  app.get('/api/overlay/:id/events', async (c) => {
    const { overlayId, channelId, slot } = await overlayOf(c, platform)
    const audience = slot === WIDGETS_SLOT ? 'widgets' : 'overlay'
    return openAlertStream(c, platform, { channelId, audience, overlay: { id: overlayId, slot } })
  })

  app.post('/api/overlay/:id/lease', async (c) => {
    const { channelId, slot } = await overlayOf(c, platform)
    const asked = await readJson(c, HoldSlot)
    const held = await holdSlot(database, {
      channelId,
      slot,
      ...asked,
      nowMs: clock.now(),
      leaseMs: slotLease,
    })
    // What ran out meanwhile may wait again.
    hub.wake(channelId)
    return c.json(held)
  })

  app.get('/api/overlay/:id/speech/:alert', async (c) => {
    const { channelId } = await overlayOf(c, platform)
    const alertId = check(Id, c.req.param('alert'))
    return fetchSpeech(platform, await findSpoken(database, { channelId, alertId }))
  })

  app.post('/api/overlay/:id/claim', async (c) => {
    const { channelId, slot } = await overlayOf(c, platform)
    const asked = await readJson(c, ClaimAlert)
    const claim = { channelId, slot, ...asked, nowMs: clock.now(), leaseMs: claimLease }
    const alert = await claimAlert(platform, claim)
    // The line that tells of late ones is news for the studio.
    if (alert.kind === 'away') hub.wake(channelId)
    return c.json(alert)
  })

  app.post('/api/overlay/:id/started', async (c) => {
    const { channelId, slot } = await overlayOf(c, platform)
    const report = await readJson(c, PlayReport)
    const nowMs = clock.now()
    const { startedAt } = await reportStarted(database, {
      channelId,
      slot,
      ...report,
      nowMs,
      leaseMs: claimLease,
    })
    tellStream(platform, { alertId: report.alertId, slot, startedAt })
    hub.wake(channelId)
    return c.body(null, 204)
  })

  app.post('/api/overlay/:id/done', async (c) => {
    const { channelId, slot } = await overlayOf(c, platform)
    const report = await readJson(c, PlayReport)
    await reportDone(database, { channelId, slot, ...report, nowMs: clock.now() })
    hub.wake(channelId)
    return c.body(null, 204)
  })

  return app
}
