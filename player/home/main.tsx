import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ComponentType } from 'preact'
import * as v from 'valibot'
import { ChannelCard } from '../../shared/contracts/channels.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { t } from '../i18n/home.ts'
import { get } from '../lib/api.ts'
import { viewersText } from '../lib/viewers-text.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Badge, Button, Empty, LiveBadge, Spinner, Time } from '../ui/parts.tsx'
import { VideoShelf } from '../videos/video-shelf.tsx'
import './home.css'

const Channels = v.object({ channels: v.array(ChannelCard) })
const REFRESH_MS = 10_000

function Home() {
  const { site } = useSession()
  return (
    <Page title={site.name}>
      {site.homeChannel === null ? <ChannelList /> : <HomeChannel slug={site.homeChannel} />}
    </Page>
  )
}

function HomeChannel({ slug }: { slug: string }) {
  const [View, setView] = useState<ComponentType<{ slug: string }>>()
  const [problem, setProblem] = useState<unknown>()
  const load = async (): Promise<void> => {
    try {
      setProblem(undefined)
      const { ChannelView } = await import('../watch/channel-view.tsx')
      setView(() => ChannelView)
    } catch (error) {
      setProblem(error)
    }
  }
  useEffect(() => void load(), [])
  if (problem !== undefined) return <Failed problem={problem} onRetry={() => void load()} />
  return View ? <View slug={slug} /> : <Spinner />
}

function ChannelList() {
  const { site } = useSession()
  const list = useLoad((signal) => get('/api/channels', Channels, signal))
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && list.state === 'ready') void list.reload()
    }, REFRESH_MS)
    return () => clearInterval(timer)
  }, [list.state])

  if (list.state === 'loading') return <Spinner />
  if (list.state === 'failed') return <Failed problem={list.problem} onRetry={() => void list.reload()} />
  const { channels } = list.value
  const onAir = channels.filter(({ live }) => live !== null)
  const others = channels.filter(({ live }) => live === null)
  return (
    <div class="stack stack-loose">
      <h1 class="visually-hidden">{site.name}</h1>
      {channels.length === 0 ? (
        <FirstSteps />
      ) : (
        <section class="stack" aria-labelledby="live-now">
          <h2 id="live-now">{t('liveNow')}</h2>
          {onAir.length > 0 ? (
            <Cards channels={onAir} />
          ) : (
            <Empty title={t('nobodyTitle')}>{t('nobodyText')}</Empty>
          )}
        </section>
      )}
      <VideoShelf />
      {others.length > 0 && (
        <section class="stack" aria-labelledby="channels">
          <h2 id="channels">{t('channels')}</h2>
          <Cards channels={others} />
        </section>
      )}
    </div>
  )
}

function Cards({ channels }: { channels: readonly ChannelCard[] }) {
  // Another address for each reload of the list: an image that is shown is never asked for again by itself.
  const seenAt = useMemo(() => Date.now(), [channels])
  return (
    <ul class="grid">
      {channels.map(({ slug, title, bannerUrl, visibility, live, viewers }) => (
        <li key={slug}>
          <a class="channel-card" href={`/c/${slug}`}>
            <span class="channel-card-picture">
              {bannerUrl === null ? (
                <span class="channel-card-letter" aria-hidden="true">
                  {title.charAt(0).toUpperCase()}
                </span>
              ) : (
                <img src={bannerUrl} alt="" loading="lazy" />
              )}
              {/* The picture of a broadcast for members needs a pass. */}
              {live && visibility !== 'members' && <Still slug={slug} at={seenAt} />}
              {live && (
                <span class="channel-card-badge">
                  {live.state === 'live' ? <LiveBadge /> : <Badge tone="warn">{t('interrupted')}</Badge>}
                </span>
              )}
            </span>
            <span class="channel-card-title">{title}</span>
            {visibility !== 'public' && <span class="muted small">{t(visibility)}</span>}
            {live && (
              <span class="muted small">
                <Since at={live.startedAt} />
                {viewers !== null && viewers > 0 && <> · {viewersText(viewers)}</>}
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  )
}

/** The picture on air, over what stands there without one. */
function Still({ slug, at }: { slug: string; at: number }) {
  const [isThere, setThere] = useState(false)
  const path = formatHlsPath({ root: { scope: 'live', slug }, resource: { kind: 'still' } })
  return (
    <img
      class="channel-card-still"
      src={`${path}?at=${at}`}
      alt=""
      hidden={!isThere}
      onLoad={() => setThere(true)}
      onError={() => setThere(false)}
    />
  )
}

function Since({ at }: { at: number }) {
  const [before, after] = t('liveSince').split('{time}')
  return (
    <>
      {before}
      <Time at={at} style="time" />
      {after}
    </>
  )
}

/** Says to each reader what they can do next. */
function FirstSteps() {
  const { site, member } = useSession()
  const isStreamer = member?.rights.includes('on_air') ?? false
  if (isStreamer) return <Step text={t('emptyStreamer')} href="/studio" label={t('toStudio')} />
  if (member) return <Step text={t('emptyMember')} href="/account" label={t('toAccount')} />
  if (site.registration === 'open')
    return <Step text={t('emptyVisitor')} href="/register" label={t('register')} />
  return <Empty title={t('emptyTitle')}>{t('emptyClosed')}</Empty>
}

function Step({ text, href, label }: { text: string; href: string; label: string }) {
  return (
    <Empty
      title={t('emptyTitle')}
      action={
        <Button tone="main" href={href}>
          {label}
        </Button>
      }
    >
      {text}
    </Empty>
  )
}

mount(Home)
