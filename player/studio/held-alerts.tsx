/** What moderation holds: one press each, and the next one has the focus. */
import { useEffect, useRef } from 'preact/hooks'
import type { AlertAction, AlertEntry } from '../../shared/contracts/alerts.ts'
import { t } from '../i18n/moderation.ts'
import { t as shell } from '../i18n/shell.ts'
import { call } from '../lib/api.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Card, Money, Time } from '../ui/parts.tsx'

interface HeldAlertsProps {
  /** Of the alerts: of the studio, or of a dock. */
  readonly path: string
  readonly held: readonly AlertEntry[]
  readonly onChange: () => Promise<void>
}

export function HeldAlerts({ path, held, onChange }: HeldAlertsProps) {
  const list = useRef<HTMLUListElement>(null)
  const mustFocus = useRef(false)
  // The button that had the focus went with its alert.
  useEffect(() => {
    if (!mustFocus.current) return
    mustFocus.current = false
    list.current?.querySelector('button')?.focus()
  }, [held])
  if (held.length === 0) return null
  return (
    <Card title={t('heldTitle')} end={<Badge tone="warn">{held.length}</Badge>}>
      <p class="small muted">{t('heldHint')}</p>
      <ul class="list" ref={list}>
        {held.map((entry) => (
          <Held
            key={entry.id}
            path={path}
            entry={entry}
            onDecided={() => {
              mustFocus.current = true
              return onChange()
            }}
          />
        ))}
      </ul>
    </Card>
  )
}

interface HeldProps {
  readonly path: string
  readonly entry: AlertEntry
  readonly onDecided: () => Promise<void>
}

function Held({ path, entry, onDecided }: HeldProps) {
  const wanted = useRef<AlertAction>('skip')
  const decide = useAction(async () => {
    await call('POST', `${path}/${entry.id}/${wanted.current}`, { body: {} })
    await onDecided()
  })
  const { senderName, message, maskedName, maskedMessage } = entry
  const name = senderName ?? shell('anonymous')
  const masked = [maskedName ?? senderName, maskedMessage ?? message]
  const isMaskable = masked[0] !== senderName || masked[1] !== message
  const button = (action: AlertAction, label: string, tone: 'main' | 'soft' | 'plain') => (
    <Button
      isSmall
      tone={tone}
      isBusy={decide.isBusy}
      label={t('decideOn', { action: label, what: name })}
      onClick={() => {
        wanted.current = action
        decide.run()
      }}
    >
      {label}
    </Button>
  )
  return (
    <li class="stack stack-tight" data-held={entry.id}>
      <div class="row row-between">
        <p class="row">
          <span class="strong break">{name}</span>
          {entry.heldFor.map((why) => (
            <Badge key={why} tone="warn">
              {t(`why_${why}`)}
            </Badge>
          ))}
        </p>
        <Money amount={entry.amountRupiah} />
      </div>
      {message !== null && message !== '' && <p class="break">{message}</p>}
      {isMaskable && (
        <p class="small muted break">
          {t('maskedAs', { text: [masked[0] ?? shell('anonymous'), masked[1]].filter(Boolean).join(': ') })}
        </p>
      )}
      <p class="small muted">
        <Time at={entry.createdAt} />
      </p>
      <div class="row">
        {button('release', t('show'), 'main')}
        {isMaskable && button('mask', t('showMasked'), 'soft')}
        {button('skip', t('drop'), 'plain')}
      </div>
      <ProblemNotice problem={decide.problem} />
    </li>
  )
}
