/** Widgets: what their pages read, and how the studio sets and controls them. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import {
  type DonationFormExtras,
  TimerAction,
  TimerAdjustment,
  VoteAction,
  WIDGET_SETTINGS,
  WidgetKind,
  type WidgetLink,
  type WidgetSettings,
} from '../../shared/contracts/widgets.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { requireOwner, type ChannelAccess, type GrantedChannel } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { OutboxRow, Platform, Row, Statement } from '../ports.ts'
import { listAlertTemplates } from './alert-templates.ts'
import { findOpenPoll, renewIfChanged, stepVote } from './poll.ts'
import { WIDGETS_SLOT } from './rules.ts'
import { putSettings, readSettings, tellChange } from './settings.ts'
import { renewStart, stepTimer } from './timer.ts'
import { readView } from './view.ts'

export interface WidgetDeps {
  readonly platform: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly links: WidgetLinks
}

/** Of the alerts, which know links, their keys and the pages that are let in. */
export interface WidgetLinks {
  /** @throws AppError `overlay_link_replaced` */
  readonly pageOf: (c: Context) => Promise<{ readonly channelId: string; readonly slot: string }>
  readonly read: (channelId: string) => Promise<WidgetLink>
  readonly replace: (channel: GrantedChannel & { memberId: string }) => Promise<WidgetLink>
  readonly toOutboxRow: (row: Row) => OutboxRow
}

export function widgetRoutes({ platform, auth, access, links }: WidgetDeps): Hono {
  const { clock, database, hub, random } = platform
  const app = new Hono()

  async function enter(c: Context): Promise<GrantedChannel & { readonly memberId: string }> {
    const { memberId } = await auth.member(c)
    return { ...(await access(memberId, c.req.param('slug') ?? '')), memberId }
  }
  async function enterAsOwner(c: Context) {
    const entered = await enter(c)
    requireOwner(entered)
    return entered
  }
  const view = (channelId: string) => readView(database, { channelId, nowMs: clock.now() })
  const newId = () => ulid(clock.now(), random.bytes)

  /** Writes, and tells the pages to read again. */
  async function change(
    channel: { channelId: string; slug: string; memberId: string },
    action: 'widget_changed' | 'widget_controlled',
    details: Readonly<Record<string, string>>,
    statements: readonly Statement[],
  ) {
    const { channelId, slug, memberId } = channel
    const nowMs = clock.now()
    const results = await database.write([
      ...statements,
      logActivity({ action, memberId, details: { channel: slug, ...details }, nowMs }),
      tellChange(channelId, nowMs),
    ])
    hub.publish((results.at(-1) ?? []).map(links.toOutboxRow))
    return view(channelId)
  }

  app.get('/api/overlay/:id/widgets', async (c) => {
    const { channelId, slot } = await links.pageOf(c)
    if (slot !== WIDGETS_SLOT) throw new AppError('overlay_link_replaced')
    return c.json(await view(channelId))
  })

  app.get('/api/channels/:slug/donation-form', async (c) => {
    const slug = c.req.param('slug').toLowerCase()
    const [poll, alertTemplates] = await Promise.all([
      findOpenPoll(database, slug),
      listAlertTemplates(database, slug),
    ])
    const extras: DonationFormExtras = { poll, alertTemplates }
    return c.json(extras)
  })

  app.get('/api/studio/:slug/widgets', async (c) => c.json(await view((await enter(c)).channelId)))

  app.get('/api/studio/:slug/widgets/link', async (c) =>
    c.json(await links.read((await enterAsOwner(c)).channelId)),
  )

  app.post('/api/studio/:slug/widgets/link', async (c) =>
    c.json(await links.replace(await enterAsOwner(c)), 201),
  )

  app.put('/api/studio/:slug/widgets/:kind', async (c) => {
    const owner = await enterAsOwner(c)
    const kind = known(WidgetKind, c.req.param('kind'))
    const settings = await readJson(c, WIDGET_SETTINGS[kind] as v.GenericSchema<WidgetSettings[WidgetKind]>)
    const before = await readSettings(database, owner.channelId)
    return c.json(
      await change(owner, 'widget_changed', { widget: kind }, [
        putSettings(owner.channelId, kind, settings),
        ...(kind === 'vote'
          ? renewIfChanged(owner.channelId, before.vote, settings as WidgetSettings['vote'], newId())
          : []),
        ...(kind === 'timer'
          ? renewStart(owner.channelId, before.timer, settings as WidgetSettings['timer'])
          : []),
      ]),
    )
  })

  app.post('/api/studio/:slug/widgets/timer/:action', async (c) => {
    const channel = await enter(c)
    const action = known(TimerAction, c.req.param('action'))
    const byMs = action === 'adjust' ? (await readJson(c, TimerAdjustment)).ms : 0
    const { timer } = await readSettings(database, channel.channelId)
    const { channelId } = channel
    const steps = stepTimer({ channelId, nowMs: clock.now(), settings: timer, action, byMs })
    return c.json(await change(channel, 'widget_controlled', { widget: 'timer', step: action }, steps))
  })

  app.post('/api/studio/:slug/widgets/vote/:action', async (c) => {
    const channel = await enter(c)
    const action = known(VoteAction, c.req.param('action'))
    const { vote } = await readSettings(database, channel.channelId)
    const { channelId } = channel
    const steps = stepVote({ channelId, settings: vote, action, newId: newId() })
    return c.json(await change(channel, 'widget_controlled', { widget: 'vote', step: action }, steps))
  })

  return app
}

/** @throws AppError `not_found`: of an address that is none of ours */
function known<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (!result.success) throw new AppError('not_found')
  return result.output
}
