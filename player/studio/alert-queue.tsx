/** The queue as the server keeps it. Every page draws what the server says, never what it has just pressed. */
import { useEffect, useRef, useState } from 'preact/hooks'
import {
  type AlertEntry,
  AlertQueue,
  HISTORY_PAGE_ROWS,
  QueueControl,
  TEST_KINDS,
} from '../../shared/contracts/alerts.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/studio-alerts.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { type Loading, useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { Entries } from './alert-entries.tsx'
import { useStudioEvents } from './events.ts'
import { HeldAlerts } from './held-alerts.tsx'

const NEWS = new Set(['alert', 'alert_state', 'queue_control', 'reconnected'])

export function AlertQueueTab({ path }: { path: string }) {
  const queue = useQueue(path)
  if (queue.state === 'loading') return <Spinner />
  if (queue.state === 'failed') return <Failed problem={queue.problem} onRetry={() => void queue.reload()} />
  const { waiting, held, past } = queue.value
  return (
    <div class="columns">
      <div class="stack">
        <HeldAlerts path={path} held={held} onChange={queue.reload} />
        <Card title={t('queueTitle')}>
          <Switches path={path} control={queue.value} onChange={() => void queue.reload()} />
          {waiting.length === 0 ? (
            <p class="muted">{t('queueEmpty')}</p>
          ) : (
            <Entries path={path} entries={waiting} onChange={() => void queue.reload()} />
          )}
          {waiting.some(({ state }) => state === 'late') && <p class="small muted">{t('lateHint')}</p>}
        </Card>
        <TestCard path={path} />
      </div>
      <Card title={t('historyTitle')}>
        {past.length === 0 ? (
          <p class="muted">{t('historyEmpty')}</p>
        ) : (
          <Entries path={path} entries={past} onChange={() => void queue.reload()} />
        )}
        <OlderEntries path={path} newer={past} onChange={() => void queue.reload()} />
        {past.some(({ state }) => state === 'perhaps_shown') && <p class="small muted">{t('perhapsHint')}</p>}
      </Card>
    </div>
  )
}

/** Reads the queue again on every event, one request at a time and one more for what came meanwhile. */
export function useQueue(path: string): Loading<AlertQueue> {
  const queue = useLoad((signal) => get(path, AlertQueue, signal), [path])
  const reading = useRef({ isBusy: false, isStale: false })
  const read = async (): Promise<void> => {
    const state = reading.current
    if (state.isBusy) {
      state.isStale = true
      return
    }
    state.isBusy = true
    do {
      state.isStale = false
      await queue.reload()
    } while (state.isStale)
    state.isBusy = false
  }
  useStudioEvents(({ type }) => {
    if (NEWS.has(type)) void read()
  })
  return { ...queue, reload: read }
}

interface OlderEntriesProps {
  readonly path: string
  /** The page before; it is full, or there is nothing older. */
  readonly newer: readonly AlertEntry[]
  readonly onChange: () => void
}

/** What is older hardly changes, so it is read when somebody asks for it, page by page. */
function OlderEntries({ path, newer, onChange }: OlderEntriesProps) {
  const [older, setOlder] = useState<readonly AlertEntry[]>()
  const last = newer.at(-1)
  const read = useAction(async () => {
    if (last) setOlder((await get(`${path}?before=${last.id}`, AlertQueue)).past)
  })
  // The page before has moved on: what follows it is another page.
  useEffect(() => setOlder(undefined), [last?.id])
  if (newer.length < HISTORY_PAGE_ROWS) return null
  if (older === undefined)
    return (
      <>
        <ProblemNotice problem={read.problem} />
        <div>
          <Button tone="plain" isBusy={read.isBusy} onClick={() => read.run()}>
            {shell('more')}
          </Button>
        </div>
      </>
    )
  return (
    <>
      <Entries
        path={path}
        entries={older}
        onChange={() => {
          read.run()
          onChange()
        }}
      />
      <OlderEntries path={path} newer={older} onChange={onChange} />
    </>
  )
}

interface SwitchesProps {
  /** Of the alerts: of the studio, or of a dock. */
  readonly path: string
  readonly control: QueueControl
  readonly onChange: () => void
}

export function Switches({ path, control: { isPaused, isMuted }, onChange }: SwitchesProps) {
  const wanted = useRef<QueueControl>({ isPaused, isMuted })
  const change = useAction(async () => {
    await call('PUT', `${path}/control`, { body: wanted.current, schema: QueueControl })
    onChange()
  })
  const ask = (control: QueueControl): void => {
    wanted.current = control
    change.run()
  }
  return (
    <div class="stack stack-tight">
      <div class="row">
        <Button
          tone={isPaused ? 'main' : 'soft'}
          isBusy={change.isBusy}
          onClick={() => ask({ isPaused: !isPaused, isMuted })}
        >
          {t(isPaused ? 'resume' : 'pause')}
        </Button>
        <Button
          tone={isMuted ? 'main' : 'soft'}
          isBusy={change.isBusy}
          onClick={() => ask({ isPaused, isMuted: !isMuted })}
        >
          {t(isMuted ? 'unmute' : 'mute')}
        </Button>
      </div>
      {isPaused && <Notice>{t('paused')}</Notice>}
      {isMuted && <Notice>{t('muted')}</Notice>}
      <ProblemNotice problem={change.problem} />
    </div>
  )
}

export function TestCard({ path }: { path: string }) {
  const [kind, setKind] = useState<(typeof TEST_KINDS)[number]>('donation')
  const [amountText, setAmountText] = useState('')
  const amountRupiah = readAmount(amountText)
  const test = useAction(async () => {
    const body = { kind, ...(amountRupiah !== undefined && { amountRupiah }) }
    await call('POST', `${path}/test`, { body })
    toast(t('testSent'))
  })
  return (
    <Card title={t('testTitle')}>
      <form class="stack" onSubmit={test.run}>
        <SelectField
          label={t('testKind')}
          value={kind}
          options={TEST_KINDS.map((value) => ({ value, label: t(`test_${value}`) }))}
          onChange={(value) => setKind(value as typeof kind)}
        />
        <RupiahField
          label={t('testAmount')}
          text={amountText}
          onInput={setAmountText}
          hint={t('testAmountHint')}
          error={fieldText(test.problem, 'amountRupiah')}
        />
        <ProblemNotice problem={test.problem} />
        <div>
          <Button
            type="submit"
            tone="main"
            isBusy={test.isBusy}
            isDisabled={amountText.trim() !== '' && amountRupiah === undefined}
          >
            {t('test')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
