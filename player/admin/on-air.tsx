import { useState } from 'preact/hooks'
import { type AdminBroadcast, AdminBroadcasts } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { t as limitsText } from '../i18n/limits.ts'
import { call, get } from '../lib/api.ts'
import { kilobits } from '../lib/limit-text.ts'
import { formatDuration } from '../lib/time.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Button, Card, Empty, LiveBadge, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { ReasonField } from '../ui/reason-field.tsx'

const POLL_MS = 5_000

export function OnAirTab() {
  const read = (signal: AbortSignal) => get('/api/admin/broadcasts', AdminBroadcasts, signal)
  const broadcasts = useLoad(read)
  const [ending, setEnding] = useState<AdminBroadcast>()
  usePolling(async (signal) => {
    if (broadcasts.state !== 'ready') return
    const now = await read(signal)
    if (!signal.aborted) broadcasts.setValue(now)
  }, POLL_MS)

  if (broadcasts.state === 'loading') return <Spinner />
  if (broadcasts.state === 'failed')
    return <Failed problem={broadcasts.problem} onRetry={() => void broadcasts.reload()} />
  const { broadcasts: onAir, kickHoldMs } = broadcasts.value
  return (
    <div class="stack">
      {onAir.length === 0 ? (
        <Empty title={t('onAirEmptyTitle')}>{t('onAirEmptyText')}</Empty>
      ) : (
        <Card>
          <ul class="list">
            {onAir.map((broadcast) => (
              <li key={broadcast.id} class="row row-between">
                <div class="grow">
                  <p class="row">
                    <a class="strong touch-link" href={`/b/${broadcast.id}`}>
                      {broadcast.channel.title}
                    </a>
                    <LiveBadge />
                  </p>
                  <p class="small muted">
                    {t('since')} <Time at={broadcast.startedAt} /> · {t('by')} {broadcast.startedBy} (
                    {broadcast.keyName})
                  </p>
                  <p class="small">{figuresOf(broadcast).join(' · ')}</p>
                </div>
                <Button
                  isSmall
                  tone="danger"
                  onClick={() => setEnding(broadcast)}
                  label={t('endOf', { title: broadcast.channel.title })}
                >
                  {t('end')}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {ending && (
        <EndDialog
          broadcast={ending}
          kickHoldMs={kickHoldMs}
          onEnded={broadcasts.reload}
          onClose={() => setEnding(undefined)}
        />
      )}
    </div>
  )
}

/** What is sent, against what is allowed. */
function figuresOf({ health, limits, startedAt }: AdminBroadcast): string[] {
  const { maxBitrateBps, maxResolution, maxDurationSeconds } = limits
  const length = maxDurationSeconds === null ? null : formatDuration(maxDurationSeconds * 1000)
  const figures = [limitsText('onAirFor', { value: against(formatDuration(Date.now() - startedAt), length) })]
  if (health?.bitrateBps !== undefined)
    figures.push(against(kilobits(health.bitrateBps), maxBitrateBps && kilobits(maxBitrateBps)))
  if (health?.width !== undefined && health.height !== undefined)
    figures.push(against(`${health.width} × ${health.height}`, maxResolution && `${maxResolution}p`))
  return figures
}

function against(value: string, limit: string | 0 | null): string {
  return limit ? limitsText('of', { value, limit }) : value
}

interface EndDialogProps {
  readonly kickHoldMs: number
  readonly broadcast: AdminBroadcast
  readonly onEnded: () => Promise<void>
  readonly onClose: () => void
}

function EndDialog({ broadcast, kickHoldMs, onEnded, onClose }: EndDialogProps) {
  const [reason, setReason] = useState('')
  const end = async (): Promise<void> => {
    await call('POST', `/api/admin/broadcasts/${broadcast.id}/end`, { body: { reason } })
    toast(t('ended'))
    await onEnded()
  }
  return (
    <ConfirmDialog
      isOpen
      title={t('endTitle', { title: broadcast.channel.title })}
      confirmLabel={t('end')}
      isDanger
      onConfirm={end}
      onClose={onClose}
    >
      <p>{t('endText', { minutes: Math.ceil(kickHoldMs / 60_000) })}</p>
      <ReasonField label={t('reason')} hint={t('endReasonHint')} value={reason} onInput={setReason} isLong />
    </ConfirmDialog>
  )
}
