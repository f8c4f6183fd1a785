/** How to go on air with OBS, the stream keys, and the broadcasts so far. */
import * as v from 'valibot'
import { type StudioChannel, StreamKey, StudioBroadcast } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio-on-air.ts'
import { get } from '../lib/api.ts'
import { formatDuration } from '../lib/time.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Badge, Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'
import { Table } from '../ui/table.tsx'
import { useStudioEvents } from './events.ts'
import { KeyList, NewKey } from './keys.tsx'
import { LastRecording } from './last-recording.tsx'
import { LiveCard } from './live-card.tsx'
import { MonitorCard } from './monitor.tsx'
import { RestreamsCard } from './restreams.tsx'

const Keys = v.object({ keys: v.array(StreamKey) })
const Broadcasts = v.object({ broadcasts: v.array(StudioBroadcast) })

export function OnAirTab({ channel }: { channel: StudioChannel }) {
  return (
    <div class="stack">
      <LiveCard channel={channel} />
      <LastRecording channel={channel} />
      <Card>
        <CopyField label={t('watchLink')} text={channel.watchUrl} />
      </Card>
      <Guide channel={channel} />
      {channel.role === 'owner' && <RestreamsCard slug={channel.slug} />}
      <MonitorCard slug={channel.slug} />
      <RecentBroadcasts slug={channel.slug} />
    </div>
  )
}

function Guide({ channel }: { channel: StudioChannel }) {
  const { slug, live } = channel
  const keys = useLoad(async (signal) => (await get(`/api/studio/${slug}/keys`, Keys, signal)).keys, [slug])
  useStudioEvents(({ type }) => {
    if (type === 'live') void keys.reload()
  })
  return (
    <Card title={t('guideTitle')}>
      <ol class="steps">
        <li>{t('guide1')}</li>
        <li class="stack stack-tight">
          <p>{t('guide2')}</p>
          <CopyField label={t('server')} text={channel.rtmpServer} />
        </li>
        <li class="stack">
          <p>{t('guide3')}</p>
          <p class="small muted">{t('keysText')}</p>
          {keys.state === 'loading' && <Spinner />}
          {keys.state === 'failed' && <Failed problem={keys.problem} onRetry={() => void keys.reload()} />}
          {keys.state === 'ready' && (
            <KeyList
              slug={slug}
              keys={keys.value}
              // The name tells which key it is: keys of one person have names of their own.
              isOnAir={(key) => live !== null && key.member === live.startedBy && key.name === live.keyName}
              onChange={keys.reload}
            />
          )}
          <NewKey slug={slug} onMade={keys.reload} />
        </li>
        <li>{t('guide4')}</li>
        <li>{t('guide5')}</li>
      </ol>
    </Card>
  )
}

function RecentBroadcasts({ slug }: { slug: string }) {
  const broadcasts = useLoad(
    async (signal) => (await get(`/api/studio/${slug}/broadcasts`, Broadcasts, signal)).broadcasts,
    [slug],
  )
  useStudioEvents(({ type }) => {
    if (type === 'live' || type === 'reconnected') void broadcasts.reload()
  })
  if (broadcasts.state === 'loading') return <Spinner />
  if (broadcasts.state === 'failed')
    return <Failed problem={broadcasts.problem} onRetry={() => void broadcasts.reload()} />
  if (broadcasts.value.length === 0) return <Empty title={t('broadcastsTitle')}>{t('broadcastsEmpty')}</Empty>
  return (
    <Card title={t('broadcastsTitle')}>
      <Table
        caption={t('broadcastsTitle')}
        rows={broadcasts.value}
        rowKey={({ id }) => id}
        columns={[
          { label: t('started'), cell: ({ startedAt }) => <Time at={startedAt} /> },
          { label: t('duration'), cell: length },
          { label: t('who'), cell: ({ startedBy, keyName }) => `${startedBy} · ${keyName}` },
          { label: t('ending'), cell: ending },
          {
            label: '',
            cell: ({ id }) => (
              <a class="touch-link" href={`/b/${id}`}>
                {t('open')}
              </a>
            ),
            isEnd: true,
          },
        ]}
      />
    </Card>
  )
}

function length({ startedAt, endedAt }: StudioBroadcast): string {
  return endedAt === null ? '–' : formatDuration(endedAt - startedAt)
}

function ending({ endedAt, endReason }: StudioBroadcast) {
  if (endedAt === null) return <Badge tone="live">{t('onAirNow')}</Badge>
  return endReason === null ? '–' : t(endReason)
}
