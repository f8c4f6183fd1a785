/** The queue and the latest donations as a narrow dock inside OBS; its own link lets it in, no session does. */
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { DockView } from '../../shared/contracts/alerts.ts'
import { Site } from '../../shared/contracts/site.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { t } from '../i18n/dock.ts'
import { startLanguage } from '../i18n/language.ts'
import { t as shell } from '../i18n/shell.ts'
import { t as alerts } from '../i18n/studio-alerts.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { tradeKey } from '../overlay/link-key.ts'
import { Entries } from '../studio/alert-entries.tsx'
import { Switches, TestCard, useQueue } from '../studio/alert-queue.tsx'
import { StudioEvents, useStudioConnection, useStudioEvents } from '../studio/events.ts'
import { HeldAlerts } from '../studio/held-alerts.tsx'
import { SessionContext } from '../ui/context.ts'
import { Failed, Toasts } from '../ui/feedback.tsx'
import { type Loading, useLoad } from '../ui/hooks.ts'
import { Badge, Money, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { type Tab, Tabs } from '../ui/tabs.tsx'
import '../ui/styles/tokens.css'
import '../ui/styles/base.css'
import '../ui/styles/page.css'
import '../ui/styles/parts.css'
import '../studio/studio.css'
import './dock.css'

/** The number of connected overlays has no event. */
const POLL_MS = 5_000

startLanguage()
const [, , id = ''] = location.pathname.split('/')
const base = `/api/dock/${id}`
const root = document.getElementById('app')
if (root) {
  addEventListener('hashchange', () => location.reload())
  if (ULID_PATTERN.test(id)) void enter(root)
  else render(<Stopped text={t('broken')} />, root)
}

async function enter(element: HTMLElement): Promise<void> {
  const isIn = await tradeKey({ signIn })
  render(isIn ? <Dock /> : <Stopped text={t('replaced')} />, element)
}

async function signIn(key: string): Promise<'ok' | 'refused' | 'unreachable'> {
  try {
    await call('POST', `${base}/session`, { body: { key } })
    return 'ok'
  } catch (problem) {
    const isRefusal = problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500
    return isRefusal && problem.code !== 'rate_limited' ? 'refused' : 'unreachable'
  }
}

function Stopped({ text }: { text: string }) {
  return <p class="dock dock-stopped">{text}</p>
}

interface Opened {
  readonly view: DockView
  readonly site: Site
}

function Dock() {
  const opened = useLoad(async (signal): Promise<Opened> => {
    const [view, site] = await Promise.all([get(base, DockView, signal), get('/api/site', Site, signal)])
    return { view, site }
  })
  if (opened.state === 'loading') return <Spinner />
  if (opened.state === 'failed')
    return isReplaced(opened.problem) ? (
      <Stopped text={t('replaced')} />
    ) : (
      <Failed problem={opened.problem} onRetry={() => void opened.reload()} />
    )
  return <Connected opened={opened} value={opened.value} />
}

function isReplaced(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.status === 401
}

async function whyRefused(): Promise<'retry' | 'stop'> {
  try {
    await get(base, DockView)
    return 'retry'
  } catch (problem) {
    return isReplaced(problem) ? 'stop' : 'retry'
  }
}

function Connected({ opened, value }: { opened: Loading<Opened>; value: Opened }) {
  const { subscribe, state } = useStudioConnection(`${base}/events`, whyRefused)
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    document.title = value.view.title
    return subscribe((event) => {
      if (event.type === 'overlay_replaced' && event.overlayId === id) setOver(true)
    })
  }, [subscribe])
  const read = async (signal?: AbortSignal): Promise<void> => {
    const view = await get(base, DockView, signal)
    if (signal?.aborted !== true) opened.setValue({ ...value, view })
  }
  usePolling(read, POLL_MS)
  if (isOver || state === 'stopped') return <Stopped text={t('replaced')} />
  const { view, site } = value
  // Nobody is signed in here; parts that show times only need to know the zone.
  const session = { site, member: null, isAdmin: false, hasMail: false, refresh: () => Promise.resolve() }
  return (
    <SessionContext.Provider value={session}>
      <StudioEvents.Provider value={subscribe}>
        <div class="dock stack">
          <p class="row" role="status">
            <Badge tone={state === 'open' ? 'ok' : 'warn'}>
              {t(state === 'open' ? 'online' : 'waiting')}
            </Badge>
            {view.connected === 0 ? (
              <Badge tone="warn">{t('overlayNone')}</Badge>
            ) : (
              <Badge tone="ok">{t('overlays', { count: view.connected })}</Badge>
            )}
          </p>
          <Panels view={view} onNews={() => void read().catch(() => undefined)} />
        </div>
        <Toasts />
      </StudioEvents.Provider>
    </SessionContext.Provider>
  )
}

const NEWS = new Set(['donation', 'alert_state', 'reconnected'])

function Panels({ view, onNews }: { view: DockView; onNews: () => void }) {
  const path = `${base}/alerts`
  const queue = useQueue(path)
  useStudioEvents(({ type }) => {
    if (NEWS.has(type)) onNews()
  })
  if (queue.state === 'loading') return <Spinner />
  if (queue.state === 'failed') return <Failed problem={queue.problem} onRetry={() => void queue.reload()} />
  const { waiting, held, past } = queue.value
  const change = (): void => void queue.reload()
  const tabs: Tab[] = [
    {
      id: 'queue',
      label: t('queue'),
      count: waiting.length + held.length,
      content: () => (
        <div class="stack">
          <HeldAlerts path={path} held={held} onChange={queue.reload} />
          {waiting.length === 0 && <p class="muted">{alerts('queueEmpty')}</p>}
          <Entries path={path} entries={waiting} onChange={change} />
        </div>
      ),
    },
    { id: 'recent', label: t('recent'), content: () => <Recent donations={view.donations} /> },
    {
      id: 'history',
      label: t('history'),
      content: () => <Entries path={path} entries={past} onChange={change} />,
    },
    { id: 'test', label: t('test'), content: () => <TestCard path={path} /> },
  ]
  return (
    <>
      <Switches path={path} control={queue.value} onChange={change} />
      <Tabs label={t('title')} tabs={tabs} />
    </>
  )
}

function Recent({ donations }: { donations: DockView['donations'] }) {
  if (donations.length === 0) return <p class="muted">{t('recentEmpty')}</p>
  return (
    <ul class="list">
      {donations.map(({ id: donationId, senderName, amountRupiah, message, createdAt }) => (
        <li key={donationId} class="stack stack-tight">
          <p class="row row-between">
            <span class="strong break">{senderName ?? shell('anonymous')}</span>
            <Money amount={amountRupiah} isSigned />
          </p>
          {message !== null && message !== '' && <p class="break">{message}</p>}
          <p class="small muted">
            <Time at={createdAt} />
          </p>
        </li>
      ))}
    </ul>
  )
}
