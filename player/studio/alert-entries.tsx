/** Alerts of the queue and of the history, with what can be done to each on each of its slots. */
import { useRef } from 'preact/hooks'
import {
  type AlertAction,
  type AlertActionPlace,
  type AlertEntry,
  MAIN_SLOT,
} from '../../shared/contracts/alerts.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/studio-alerts.ts'
import { call } from '../lib/api.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Money, Time } from '../ui/parts.tsx'

type Step = Exclude<AlertAction, 'mask'>
const ACTIONS: Readonly<Record<AlertEntry['state'], readonly Step[]>> = {
  queued: ['hold', 'skip'],
  // Decided in a card of its own.
  held: [],
  claimed: ['skip'],
  started: ['skip'],
  done: ['replay'],
  perhaps_shown: ['replay'],
  skipped: ['replay'],
  late: ['replay'],
}
const BADGES = {
  queued: {},
  held: { tone: 'warn' },
  claimed: { tone: 'live' },
  started: { tone: 'live' },
  done: { tone: 'ok' },
  perhaps_shown: { tone: 'warn' },
  skipped: {},
  late: { tone: 'warn' },
} as const

interface EntriesProps {
  readonly path: string
  readonly entries: readonly AlertEntry[]
  readonly onChange: () => void
}

export function Entries({ entries, ...rest }: EntriesProps) {
  return (
    <ul class="list">
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} {...rest} />
      ))}
    </ul>
  )
}

interface EntryProps {
  readonly path: string
  readonly entry: AlertEntry
  readonly onChange: () => void
}

function Entry({ path, entry, onChange }: EntryProps) {
  const name =
    entry.lateCount === null
      ? (entry.senderName ?? shell('anonymous'))
      : t('awayEntry', { count: entry.lateCount })
  return (
    <li class="stack stack-tight" data-alert={entry.id}>
      <div class="row row-between">
        <p class="row">
          <span class="strong break">{name}</span>
          {entry.kind === 'test' && <Badge>{t('testEntry')}</Badge>}
          <Badge {...BADGES[entry.state]}>{t(`state_${entry.state}`)}</Badge>
        </p>
        <Money amount={entry.amountRupiah} />
      </div>
      {entry.message !== null && entry.message !== '' && <p class="break">{entry.message}</p>}
      <div class="row row-between">
        <p class="small muted">
          <Time at={entry.shownAt ?? entry.createdAt} />
        </p>
        <Actions
          path={`${path}/${entry.id}`}
          actions={ACTIONS[entry.state]}
          // Nobody wants half of a skip; a replay is for the slot that missed it, and the others have their own.
          placeOf={(action) => (action === 'replay' && entry.slots.length > 0 ? { slot: MAIN_SLOT } : {})}
          what={name}
          onChange={onChange}
        />
      </div>
      {entry.slots.map(({ slot, name: slotName, state }) => (
        <div key={slot} class="row row-between small" data-slot={slot}>
          <p class="row">
            <span class="break">{t('onSlot', { name: slotName })}</span>
            <Badge {...BADGES[state]}>{t(`state_${state}`)}</Badge>
          </p>
          <Actions
            path={`${path}/${entry.id}`}
            actions={ACTIONS[state].filter((action) => action !== 'hold')}
            placeOf={() => ({ slot })}
            what={`${name}, ${slotName}`}
            onChange={onChange}
          />
        </div>
      ))}
    </li>
  )
}

interface ActionsProps {
  /** Of the alert. */
  readonly path: string
  readonly actions: readonly Step[]
  readonly placeOf: (action: Step) => AlertActionPlace
  readonly what: string
  readonly onChange: () => void
}

function Actions({ path, actions, placeOf, what, onChange }: ActionsProps) {
  const wanted = useRef<Step>('skip')
  const act = useAction(async () => {
    const action = wanted.current
    await call('POST', `${path}/${action}`, { body: placeOf(action) })
    onChange()
  })
  return (
    <>
      <div class="row">
        {actions.map((action) => (
          <Button
            key={action}
            isSmall
            tone="plain"
            isBusy={act.isBusy}
            label={t('actionOn', { action: t(action), what })}
            onClick={() => {
              wanted.current = action
              act.run()
            }}
          >
            {t(action)}
          </Button>
        ))}
      </div>
      <ProblemNotice problem={act.problem} />
    </>
  )
}
