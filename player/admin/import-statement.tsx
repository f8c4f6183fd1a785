/** A bank's statement as CSV: looked at first, approved with one confirmation. */
import { useRef, useState } from 'preact/hooks'
import {
  STATEMENT_MAX_BYTES,
  StatementPreview,
  StatementResult,
  type StatementLineState,
} from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/payments.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Money } from '../ui/parts.tsx'
import { chosenAccount, ReceivingAccountField, useReceivingAccounts } from './receiving-account-field.tsx'

interface ImportStatementDialogProps {
  readonly onImported: () => Promise<void>
  readonly onClose: () => void
}

export function ImportStatementDialog({ onImported, onClose }: ImportStatementDialogProps) {
  const accounts = useReceivingAccounts()
  const input = useRef<HTMLInputElement>(null)
  const [chosen, setChosen] = useState<string>()
  const [file, setFile] = useState<File>()
  const [preview, setPreview] = useState<StatementPreview>()
  const [rest, setRest] = useState('unmatched')
  const accountId = chosenAccount(accounts, chosen)
  const path = `/api/admin/receiving-accounts/${accountId}/statement`
  const look = useAction(async () => {
    const picked = input.current?.files?.[0] ?? file
    setPreview(undefined)
    if (!picked) return
    setFile(picked)
    setPreview(await call('POST', path, { body: await csvOf(picked), schema: StatementPreview }))
  })
  const write = useAction(async () => {
    if (!file || !preview) return
    const query = new URLSearchParams({ token: preview.token, rest })
    try {
      const result = await call('POST', `${path}/import?${query}`, {
        body: await csvOf(file),
        schema: StatementResult,
      })
      toast(t('importDone', { approved: result.approved, unmatched: result.unmatched }))
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === 'statement_changed') look.run()
      throw problem
    }
    await onImported()
    onClose()
  })
  const matches = preview?.lines.filter(({ state }) => state === 'match') ?? []
  const hasNew = preview?.lines.some(({ state }) => state === 'new') ?? false
  const hasWork = preview?.lines.some(
    ({ state }) => state === 'match' || state === 'new' || state === 'known',
  )
  return (
    <Dialog isOpen title={t('importTitle')} onClose={onClose}>
      <p class="small muted">{t('importText')}</p>
      <ReceivingAccountField
        accounts={accounts}
        value={chosen}
        onChange={(id) => {
          setChosen(id)
          setPreview(undefined)
        }}
      />
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.txt,text/csv"
        aria-label={t('importChoose')}
        onChange={() => look.run()}
      />
      <div>
        <Button
          onClick={() => input.current?.click()}
          isBusy={look.isBusy}
          isDisabled={accountId === undefined}
        >
          {t('importChoose')}
        </Button>
        {file && <p class="small muted">{file.name}</p>}
      </div>
      <ProblemNotice problem={look.problem} />
      {preview && <Lines preview={preview} />}
      {hasNew && (
        <SelectField
          label={t('importRest')}
          value={rest}
          options={[
            { value: 'unmatched', label: t('importRestUnmatched') },
            { value: 'ignore', label: t('importRestIgnore') },
          ]}
          onChange={setRest}
        />
      )}
      <ProblemNotice problem={write.problem} />
      {hasWork === true && (
        <div class="dialog-end">
          <Button tone="main" onClick={() => write.run()} isBusy={write.isBusy}>
            {matches.length > 0
              ? t('importApprove', {
                  count: matches.length,
                  amount: formatRupiah(matches.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0)),
                })
              : t('importWrite')}
          </Button>
        </div>
      )}
    </Dialog>
  )
}

const TEXTS = {
  match: 'importMatch',
  new: 'importNew',
  known: 'importKnown',
  recorded: 'importRecorded',
  imported: 'importImported',
} as const satisfies Record<StatementLineState, string>
const ORDER: readonly StatementLineState[] = ['match', 'new', 'known', 'recorded', 'imported']
/** More of a kind only lengthen the page; all of them are written. */
const SHOWN_LINES = 50

function Lines({ preview: { lines, skipped } }: { preview: StatementPreview }) {
  return (
    <>
      {lines.length === 0 && <p>{t('importNone')}</p>}
      {ORDER.map((state) => {
        const these = lines.filter((line) => line.state === state)
        if (these.length === 0) return null
        return (
          <section key={state} class="stack stack-tight" data-lines={state}>
            <h3 class="row">
              {t(TEXTS[state])}{' '}
              {state === 'match' ? <Badge tone="ok">{these.length}</Badge> : <Badge>{these.length}</Badge>}
            </h3>
            <ul class="list">
              {these.slice(0, SHOWN_LINES).map((line, index) => (
                <li key={index} class="row row-between">
                  <div class="grow">
                    <p class="row">
                      <span class="small muted">{line.bookedOn}</span>
                      {line.username !== null && <span class="strong">{line.username}</span>}
                    </p>
                    <p class="small">{line.description}</p>
                  </div>
                  <Money amount={line.amountRupiah} />
                </li>
              ))}
            </ul>
            {these.length > SHOWN_LINES && (
              <p class="small muted">{t('importMore', { count: these.length - SHOWN_LINES })}</p>
            )}
          </section>
        )
      })}
      <p class="small muted">{t('importSkipped', skipped)}</p>
    </>
  )
}

/** Browsers name CSV files by what is installed: the contents decide, so the type is ours. */
async function csvOf(file: File): Promise<Blob> {
  if (file.size > STATEMENT_MAX_BYTES) throw new ApiProblem('statement_too_long')
  return new Blob([await file.arrayBuffer()], { type: 'text/csv' })
}
