/** What is on air, since when, with whose key, and how good the signal is. */
import { useEffect, useState } from 'preact/hooks'
import type { StudioChannel } from '../../shared/contracts/studio.ts'
import { t as endings } from '../i18n/endings.ts'
import { t as limitsText } from '../i18n/limits.ts'
import { t as notifications } from '../i18n/notifications.ts'
import { t as restreamsText } from '../i18n/restreams.ts'
import { t } from '../i18n/studio-on-air.ts'
import { t as viewersTitle } from '../i18n/viewers.ts'
import { limitTexts } from '../lib/limit-text.ts'
import { formatDuration, formatInstant } from '../lib/time.ts'
import { countText } from '../lib/viewers-text.ts'
import { useSession } from '../ui/context.ts'
import { Notice } from '../ui/feedback.tsx'
import { Badge, Button, Card, LiveBadge, Time } from '../ui/parts.tsx'
import { healthFigures, healthHints, isGood, isMeasured } from './health.ts'
import { MarkMoment } from './mark-moment.tsx'

type Live = NonNullable<StudioChannel['live']>

export function StateBadge({ live }: { live: Live | null }) {
  if (!live) return <Badge>{t('offline')}</Badge>
  return live.state === 'live' ? <LiveBadge /> : <Badge tone="danger">{t('interrupted')}</Badge>
}

export function LiveCard({ channel }: { channel: StudioChannel }) {
  const { live, lastEnding, limits, maxViewers } = channel
  if (!live)
    return (
      <Card>
        {lastEnding && <EndingNotice ending={lastEnding} />}
        <p class="muted">{t('offlineText')}</p>
        <LimitsLine limits={limits} />
      </Card>
    )
  return (
    <Card
      title={t('liveTitle')}
      end={
        <Button isSmall tone="plain" href={`/b/${live.id}`}>
          {t('watch')}
        </Button>
      }
    >
      {live.state === 'interrupted' && <Notice tone="danger">{t('interruptedText')}</Notice>}
      <dl class="figures">
        <div>
          <dt>{t('since')}</dt>
          <dd>
            <Time at={live.startedAt} style="time" />
          </dd>
        </div>
        <div>
          <dt>{t('duration')}</dt>
          <dd class="amount">
            <Elapsed since={live.startedAt} />
          </dd>
        </div>
        <div>
          <dt>{viewersTitle('title')}</dt>
          <dd class="amount" data-viewers={live.viewers}>
            {maxViewers === null
              ? countText(live.viewers)
              : viewersTitle('of', { count: countText(live.viewers), max: countText(maxViewers) })}
          </dd>
        </div>
        <div>
          <dt>{viewersTitle('peak')}</dt>
          <dd class="amount">{countText(Math.max(live.viewers, live.peakViewers))}</dd>
        </div>
        <div>
          <dt>{t('startedBy')}</dt>
          <dd>{live.startedBy}</dd>
        </div>
        {limits.maxDurationSeconds !== null && (
          <div>
            <dt>{limitsText('timeLeft')}</dt>
            <dd class="amount">
              <Remaining until={live.startedAt + limits.maxDurationSeconds * 1000} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('withKey')}</dt>
          <dd>{live.keyName}</dd>
        </div>
      </dl>
      <Signal live={live} />
      <Restreams restreams={live.restreams} />
      <LimitsLine limits={limits} />
      {channel.recordingMode !== 'off' && <MarkMoment slug={channel.slug} startedAt={live.startedAt} />}
    </Card>
  )
}

/** Why the last broadcast ended, unless OBS itself ended it. It stands until the next one. */
export function EndingNotice({ ending }: { ending: NonNullable<StudioChannel['lastEnding']> }) {
  const { site } = useSession()
  const { reason, endedAt, keyName, note, heldUntil } = ending
  if (reason === 'stopped') return null
  return (
    <Notice tone={CALM.has(reason) ? 'note' : 'danger'}>
      <p class="strong">
        {t('lastEnded')} <Time at={endedAt} />
      </p>
      <p>{endings(reason)}</p>
      {heldUntil !== null && (
        <p>{notifications('onAirAgain', { time: formatInstant(heldUntil, site.timeZone, 'time') })}</p>
      )}
      {note !== null && <p>{t('endedNote', { note })}</p>}
      <p class="small">
        {t('withKey')}: {keyName}
      </p>
    </Notice>
  )
}

const STOPPED_RECORDING: ReadonlySet<string> = new Set(['recording_disk_full', 'recording_failed'])

/** Nobody is to blame for these. */
const CALM: ReadonlySet<string> = new Set(['lost', 'origin_stopped', 'time_limit'])

function Signal({ live }: { live: Live }) {
  const { health } = live
  const now = useNow()
  if (!health || !isMeasured(health)) return <p class="muted">{t('healthWaiting')}</p>
  const hints = healthHints(health)
  return (
    <>
      <dl class="figures">
        {healthFigures(health).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="row">
        {isGood(health, now - live.startedAt) && <Badge tone="ok">{t('healthy')}</Badge>}
        {health.isRecorded === true && !health.hints.some((hint) => STOPPED_RECORDING.has(hint)) && (
          <Badge>{t('isRecorded')}</Badge>
        )}
      </div>
      {hints.map((hint) => (
        <Notice key={hint}>{hint}</Notice>
      ))}
    </>
  )
}

function LimitsLine({ limits }: { limits: StudioChannel['limits'] }) {
  const texts = limitTexts(limits)
  if (texts.length === 0) return null
  return <p class="small muted">{limitsText('limitsOf', { limits: texts.join(', ') })}</p>
}

function Restreams({ restreams }: Pick<Live, 'restreams'>) {
  if (restreams.length === 0) return null
  return (
    <div class="stack stack-tight">
      <p class="small muted">{restreamsText('stateTitle')}</p>
      <ul class="row">
        {restreams.map(({ name, state }, index) => (
          <li key={index}>
            <Badge {...(state !== null && STATE_TONES[state])}>
              {name}: {restreamsText(state ?? 'waiting')}
            </Badge>
          </li>
        ))}
      </ul>
    </div>
  )
}

const STATE_TONES = {
  connecting: {},
  live: { tone: 'ok' },
  failing: { tone: 'warn' },
  refused: { tone: 'danger' },
} as const

function Elapsed({ since }: { since: number }) {
  return <>{formatDuration(useNow() - since)}</>
}

function Remaining({ until }: { until: number }) {
  return <>{formatDuration(until - useNow())}</>
}

function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
