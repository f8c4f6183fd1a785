/** The studio of one channel: what is on air, and a tab for each part that its rights allow. */
import { useEffect, useState } from 'preact/hooks'
import type { Member } from '../../shared/contracts/accounts.ts'
import type { StudioChannel } from '../../shared/contracts/studio.ts'
import { useNotifications } from '../account/notifications.tsx'
import { notificationText } from '../account/notification-text.ts'
import { RightsCard } from '../account/rights.tsx'
import { t as integrations } from '../i18n/integrations.ts'
import { t as moderation } from '../i18n/moderation.ts'
import { t as alerts } from '../i18n/studio-alerts.ts'
import { t as widgets } from '../i18n/studio-widgets.ts'
import { t } from '../i18n/studio.ts'
import { t as videos } from '../i18n/videos.ts'
import { ApiProblem } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { Failed, Notice, toast } from '../ui/feedback.tsx'
import { Badge, Button, Empty, Spinner } from '../ui/parts.tsx'
import { type Tab, Tabs } from '../ui/tabs.tsx'
import { AlertQueueTab } from './alert-queue.tsx'
import { AlertSettingsTab } from './alert-settings.tsx'
import { DonationsTab } from './donations.tsx'
import { StudioEvents, useStudioConnection, useStudioEvents } from './events.ts'
import { useHeldCount } from './held-count.ts'
import { EndingNotice, StateBadge } from './live-card.tsx'
import { IntegrationsTab } from './integrations.tsx'
import { ModerationTab } from './moderation.tsx'
import { renewLinkPicture } from './link-picture.ts'
import { OnAirTab } from './on-air.tsx'
import { OverlayTab } from './overlay.tsx'
import { SettingsTab } from './settings.tsx'
import { useChannel } from './use-channel.ts'
import { WidgetsTab } from './widgets/widgets-tab.tsx'
import { VideosTab } from './videos/videos-tab.tsx'

interface ChannelStudioProps {
  readonly slug: string
  readonly member: Member
}

export function ChannelStudio({ slug, member }: ChannelStudioProps) {
  const { loading, refresh } = useChannel(slug)
  if (loading.state === 'loading') return <Spinner />
  if (loading.state === 'failed')
    return isNotMine(loading.problem) ? (
      <Empty
        isWholePage
        title={t('forbiddenTitle')}
        action={
          <Button tone="main" href="/studio">
            {t('toStudio')}
          </Button>
        }
      >
        {t('forbiddenText')}
      </Empty>
    ) : (
      <Failed problem={loading.problem} onRetry={() => void loading.reload()} />
    )
  return (
    <Connected
      slug={slug}
      member={member}
      channel={loading.value}
      onChange={loading.setValue}
      refresh={refresh}
    />
  )
}

function isNotMine(problem: unknown): boolean {
  return problem instanceof ApiProblem && (problem.code === 'forbidden' || problem.code === 'not_found')
}

interface OpenStudioProps extends ChannelStudioProps {
  readonly channel: StudioChannel
  readonly onChange: (channel: StudioChannel) => void
  readonly refresh: () => Promise<void>
}

function Connected(props: OpenStudioProps) {
  const { subscribe, state } = useStudioConnection(`/api/studio/${encodeURIComponent(props.slug)}/events`)
  return (
    <StudioEvents.Provider value={subscribe}>
      <OpenStudio {...props} />
      {state === 'waiting' && (
        <div class="connection" role="status">
          {t('reconnecting')}
        </div>
      )}
    </StudioEvents.Provider>
  )
}

function OpenStudio({ member, channel, onChange, refresh }: OpenStudioProps) {
  const session = useSession()
  const isOwner = channel.role === 'owner'
  const hasDonations = session.site.donationsEnabled && channel.mayReceiveDonations
  const notifications = useNotifications()
  const [overlayUrl, setOverlayUrl] = useState<string>()
  useLinkPicture(channel)

  useStudioEvents((event) => {
    if (event.type === 'live' || event.type === 'reconnected') void refresh()
    if (event.type === 'reconnected') void notifications.reload()
    if (event.type === 'alert' && event.isHeld) toast(moderation('heldToast'))
    if (event.type !== 'notification') return
    const { notification } = event
    toast(notificationText(notification, session.site.timeZone).title)
    // An operator hears of the owner's donations, but the list is the owner's.
    if (!isOwner) return
    notifications.change((rows) => [notification, ...rows.filter(({ id }) => id !== notification.id)])
    void session.refresh()
  })

  const heldCount = useHeldCount(hasDonations ? `/api/studio/${channel.slug}/alerts` : undefined)
  const unread =
    isOwner && notifications.state === 'ready'
      ? notifications.value.rows.filter((row) => row.kind === 'donation_received' && row.readAt === null)
          .length
      : 0
  const videosTab: Tab = {
    id: 'videos',
    label: videos('tab'),
    content: () => <VideosTab channel={channel} />,
  }
  const tabs: (Tab | false)[] = [
    channel.mayGoOnAir && {
      id: 'on-air',
      label: t('tabOnAir'),
      content: () => <OnAirTab channel={channel} />,
    },
    channel.mayGoOnAir && videosTab,
    hasDonations && {
      id: 'donations',
      label: t('tabDonations'),
      count: unread,
      content: () => <DonationsTab channel={channel} notifications={isOwner ? notifications : null} />,
    },
    hasDonations && {
      id: 'queue',
      label: alerts('tabQueue'),
      count: heldCount,
      isUrgent: true,
      content: () => <AlertQueueTab path={`/api/studio/${channel.slug}/alerts`} />,
    },
    hasDonations && {
      id: 'look',
      label: alerts('tabLook'),
      content: () => (
        <AlertSettingsTab
          slug={channel.slug}
          isOwner={isOwner}
          onMinimum={(minimumAlertRupiah) => onChange({ ...channel, minimumAlertRupiah })}
        />
      ),
    },
    hasDonations && {
      id: 'moderation',
      label: moderation('tab'),
      content: () => <ModerationTab slug={channel.slug} isOwner={isOwner} />,
    },
    hasDonations && {
      id: 'widgets',
      label: widgets('tab'),
      content: () => <WidgetsTab slug={channel.slug} isOwner={isOwner} />,
    },
    hasDonations && {
      id: 'overlay',
      label: t('tabOverlay'),
      content: () => (
        <OverlayTab slug={channel.slug} isOwner={isOwner} url={overlayUrl} onUrl={setOverlayUrl} />
      ),
    },
    hasDonations &&
      isOwner && {
        id: 'integrations',
        label: integrations('tab'),
        content: () => <IntegrationsTab slug={channel.slug} />,
      },
    // Whoever broadcasts elsewhere comes for the donations.
    !channel.mayGoOnAir && videosTab,
    isOwner && {
      id: 'settings',
      label: t('tabSettings'),
      content: () => <SettingsTab channel={channel} hasDonations={hasDonations} onChange={onChange} />,
    },
  ]
  return (
    <div class="stack">
      <Heading channel={channel} member={member} />
      {/* With the right its card stands in the tab. */}
      {!channel.mayGoOnAir && channel.lastEnding && <EndingNotice ending={channel.lastEnding} />}
      {!channel.mayGoOnAir && !hasDonations && <NoRights member={member} isOwner={isOwner} />}
      <Tabs label={t('title')} tabs={tabs.filter((tab) => tab !== false)} />
    </div>
  )
}

/** Behind what is shown: without it, links show the site's own picture, and the next visit tries again. */
function useLinkPicture({ slug, role, title, bannerUrl, linkPictureUrl }: StudioChannel): void {
  const { site } = useSession()
  const isMissing = role === 'owner' && linkPictureUrl === null
  useEffect(() => {
    if (!isMissing) return
    const leaving = new AbortController()
    const { signal } = leaving
    renewLinkPicture({ slug, title, bannerUrl }, { siteName: site.name, signal }).catch(() => undefined)
    return () => leaving.abort()
  }, [isMissing, slug, title, bannerUrl])
}

function Heading({ channel, member }: { channel: StudioChannel; member: Member }) {
  return (
    <div class="studio-head">
      <div class="stack stack-tight">
        <h1>{channel.title}</h1>
        <p class="row small muted">
          <span>/c/{channel.slug}</span>
          {channel.role === 'operator' && <Badge>{t('operator')}</Badge>}
          {member.channels.length > 1 && <a href="/studio">{t('otherChannels')}</a>}
        </p>
      </div>
      {(channel.mayGoOnAir || channel.live) && <StateBadge live={channel.live} />}
    </div>
  )
}

function NoRights({ member, isOwner }: { member: Member; isOwner: boolean }) {
  const { site } = useSession()
  if (!isOwner) return <Notice>{t(site.donationsEnabled ? 'noRights' : 'noRightsNoMoney')}</Notice>
  return (
    <>
      <Notice>{t('noRightsOwner')}</Notice>
      <RightsCard member={member} />
    </>
  )
}
