import { type Broadcast, LiveState } from '../../shared/contracts/channels.ts'
import { t } from '../i18n/watch.ts'
import { get } from '../lib/api.ts'
import { formatDuration } from '../lib/time.ts'
import { Notice } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Button, Card, Time } from '../ui/parts.tsx'

/** The permanent address of a broadcast that is over. */
export function PastBroadcast({ broadcast, endedAt }: { broadcast: Broadcast; endedAt: number }) {
  const { channel, startedAt } = broadcast
  const live = useLoad(
    (signal) => get(`/api/channels/${channel.slug}/live`, LiveState, signal),
    [channel.slug],
  )
  const isLiveNow = live.state === 'ready' && live.value.broadcast !== null
  return (
    <Card>
      <p class="muted">{channel.title}</p>
      <h1>{t('pastTitle')}</h1>
      <dl class="figures">
        <div>
          <dt>{t('pastFrom')}</dt>
          <dd>
            <Time at={startedAt} />
          </dd>
        </div>
        <div>
          <dt>{t('pastTo')}</dt>
          <dd>
            <Time at={endedAt} />
          </dd>
        </div>
        <div>
          <dt>{t('pastLength')}</dt>
          <dd>{formatDuration(endedAt - startedAt)}</dd>
        </div>
      </dl>
      {isLiveNow && <Notice tone="ok">{t('nowLive')}</Notice>}
      <div class="row">
        <Button tone="main" href={`/c/${channel.slug}`}>
          {isLiveNow ? t('watchNow') : t('toChannel', { title: channel.title })}
        </Button>
      </div>
    </Card>
  )
}
