import { useMemo, useRef, useState } from 'preact/hooks'
import type { StreamAlert } from '../lib/stream-alert.ts'
import { StreamAlertLine } from './stream-alert-line.tsx'
import { Channel, type LiveBroadcast, type LiveState } from '../../shared/contracts/channels.ts'
import { t } from '../i18n/watch.ts'
import { ApiProblem, get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { viewersText } from '../lib/viewers-text.ts'
import { useSession } from '../ui/context.ts'
import { t as videoText } from '../i18n/videos.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Icon } from '../ui/icon.tsx'
import { LinkedText } from '../ui/linked-text.tsx'
import { Button, Card, Empty, LiveBadge, Spinner } from '../ui/parts.tsx'
import { type Cover, isOnAir, isOver } from './stage.ts'
import { VideoPlayer } from '../videos/video-player.tsx'
import { VideoShelf } from '../videos/video-shelf.tsx'
import { Player } from './player.tsx'
import { ShareButton } from './share-button.tsx'
import { useLive } from './use-live.ts'
import { useRecording } from './use-recording.ts'

/** Stays while it is watched: at the end of a broadcast its viewers are still in the middle of it. */
interface FromStart {
  readonly broadcastId: string
  readonly playlist: string
}

interface ChannelViewProps {
  readonly slug: string
  readonly onTitle?: (title: string) => void
}

/** A channel with its player: the watch page, and the home of an organisation. */
export function ChannelView({ slug, onTitle }: ChannelViewProps) {
  const now = useLive(slug)
  const [cover, setCover] = useState<Cover>('none')
  const [alert, setAlert] = useState<StreamAlert>()
  const [fromStart, setFromStart] = useState<FromStart>()
  const alerts = useMemo(
    () => fromStart && { videoId: fromStart.broadcastId, onAlert: setAlert },
    [fromStart],
  )
  const lastId = useRef<string>(undefined)
  lastId.current = now.live?.broadcast?.id ?? lastId.current
  const recording = useRecording(isOver(now.live, lastId.current) ? lastId.current : undefined)
  const broadcast = isOnAir(now.live, cover) ? (now.live?.broadcast ?? null) : null
  const channel = useLoad(
    async (signal) => {
      const loaded = await get(`/api/channels/${slug}`, Channel, signal)
      onTitle?.(loaded.title)
      return loaded
    },
    [slug],
  )
  if (channel.state === 'failed')
    return channel.problem instanceof ApiProblem && channel.problem.code === 'not_found' ? (
      <ChannelNotFound />
    ) : (
      <Failed problem={channel.problem} onRetry={() => void channel.reload()} />
    )
  const loaded = channel.state === 'ready' ? channel.value : undefined
  const hasStage = broadcast !== null || !loaded || loaded.mayGoOnAir || loaded.elsewhereUrl !== null
  return (
    <div class="stack stack-loose stage">
      <div class="stack">
        {/* Before the words are there: the picture is what people came for. */}
        {fromStart ? (
          <VideoPlayer
            playlist={fromStart.playlist}
            isAutoplay
            {...(alerts && { alerts })}
            {...(now.live?.needsToken === true && { passesAt: `/api/channels/${slug}/viewers` })}
          />
        ) : hasStage ? (
          <Player
            slug={slug}
            now={now}
            bannerUrl={loaded?.bannerUrl ?? null}
            recordingId={recording?.id}
            elsewhereUrl={loaded?.elsewhereUrl}
            onCover={setCover}
            onAlert={setAlert}
          />
        ) : (
          loaded.bannerUrl !== null && <img class="stage-banner" src={loaded.bannerUrl} alt="" />
        )}
        <FromStartRow live={now.live} fromStart={fromStart} onChange={setFromStart} />
        <StreamAlertLine alert={alert} />
        {loaded ? (
          <About
            channel={loaded}
            broadcast={broadcast}
            viewers={now.live?.viewers ?? null}
            isServerLost={cover === 'lost'}
          />
        ) : (
          <Spinner />
        )}
      </div>
      {loaded && <VideoShelf channel={loaded.slug} newest={recording?.isReady ? recording.id : undefined} />}
    </div>
  )
}

interface FromStartRowProps {
  readonly live: LiveState | undefined
  readonly fromStart: FromStart | undefined
  readonly onChange: (fromStart: FromStart | undefined) => void
}

function FromStartRow({ live, fromStart, onChange }: FromStartRowProps) {
  const { broadcast = null, dvr = null } = live ?? {}
  if (fromStart)
    return (
      <div class="row">
        {broadcast && (
          <Button isSmall tone="main" onClick={() => onChange(undefined)}>
            {videoText('toLive')}
          </Button>
        )}
        <p class="small muted" role="status">
          {videoText(isOver(live, fromStart.broadcastId) ? 'watchingRecording' : 'watchingDvr')}
        </p>
      </div>
    )
  return broadcast && dvr !== null ? (
    <div class="row">
      <Button isSmall tone="plain" onClick={() => onChange({ broadcastId: broadcast.id, playlist: dvr })}>
        {videoText('fromStart')}
      </Button>
    </div>
  ) : null
}

interface AboutProps {
  readonly channel: Channel
  /** null: nothing is on air, or nobody knows. */
  readonly broadcast: LiveBroadcast | null
  readonly viewers: number | null
  readonly isServerLost: boolean
}

function About({ channel, broadcast, viewers, isServerLost }: AboutProps) {
  return (
    <>
      <div class="row row-between">
        <div class="row row-steady grow">
          <Avatar name={channel.title} url={channel.avatarUrl} isLarge />
          <div class="stack stack-tight grow">
            <h1>{channel.title}</h1>
            {broadcast && <LiveLine startedAt={broadcast.startedAt} viewers={viewers} />}
          </div>
        </div>
        <div class="row">
          <ShareButton path={`/c/${channel.slug}`} title={channel.title} />
          {channel.acceptsDonations && (
            <Button
              tone="main"
              isDisabled={isServerLost}
              {...(!isServerLost && { href: `/c/${channel.slug}/donate` })}
            >
              <Icon name="heart" />
              {t('donate')}
            </Button>
          )}
        </div>
      </div>
      {channel.memo !== '' && (
        <Card title={t('about')}>
          <LinkedText text={channel.memo} />
        </Card>
      )}
    </>
  )
}

function LiveLine({ startedAt, viewers }: { startedAt: number; viewers: number | null }) {
  const { site } = useSession()
  return (
    <p class="row muted small">
      <LiveBadge />
      <span data-viewers={viewers}>
        {t('liveSince', { time: formatInstant(startedAt, site.timeZone, 'time') })}
        {viewers !== null && viewers > 0 && ` · ${viewersText(viewers)}`}
      </span>
    </p>
  )
}

export function ChannelNotFound() {
  return (
    <Empty
      isWholePage
      title={t('notFoundTitle')}
      action={
        <Button tone="main" href="/">
          {t('toHome')}
        </Button>
      }
    >
      {t('notFoundText')}
    </Empty>
  )
}
