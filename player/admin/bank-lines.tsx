/** Money at the bank whose owner is not known yet. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminMember } from '../../shared/contracts/admin.ts'
import { BankLine } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t as states } from '../i18n/deposits.ts'
import { t } from '../i18n/payments.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { problemText } from '../lib/problem-text.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Money, Spinner } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { ImportStatementDialog } from './import-statement.tsx'
import { RecordArrivalDialog } from './record-arrival.tsx'

const Lines = v.object({ lines: v.array(BankLine) })
const Members = v.object({ members: v.array(AdminMember) })

type LineDecision = 'assign' | 'return' | 'dismiss'
const DONE = { assign: 'assigned', return: 'returned', dismiss: 'dismissed' } as const

export function BankLines({ onDecided }: { onDecided: () => Promise<void> }) {
  const lines = useLoad(
    async (signal) => (await get('/api/admin/bank-lines?state=unmatched', Lines, signal)).lines,
  )
  const [isRecording, setRecording] = useState(false)
  const [isImporting, setImporting] = useState(false)
  const [deciding, setDeciding] = useState<{ line: BankLine; decision: LineDecision }>()
  const changed = async (): Promise<void> => {
    await Promise.all([lines.reload(), onDecided()])
  }
  return (
    <Card
      title={t('linesTitle')}
      end={
        <span class="row">
          <Button isSmall onClick={() => setImporting(true)}>
            {t('importTitle')}
          </Button>
          <Button isSmall tone="plain" onClick={() => setRecording(true)}>
            {t('record')}
          </Button>
        </span>
      }
    >
      <p class="small muted">{t('linesText')}</p>
      {lines.state === 'loading' && <Spinner />}
      {lines.state === 'failed' && <Failed problem={lines.problem} onRetry={() => void lines.reload()} />}
      {lines.state === 'ready' && lines.value.length === 0 && <p class="muted">{t('linesEmpty')}</p>}
      {lines.state === 'ready' && lines.value.length > 0 && (
        <ul class="list">
          {lines.value.map((line) => (
            <li key={line.id}>
              <Line
                line={line}
                onDecide={(decision) => setDeciding({ line, decision })}
                onCredited={changed}
              />
            </li>
          ))}
        </ul>
      )}
      {isImporting && <ImportStatementDialog onImported={changed} onClose={() => setImporting(false)} />}
      {isRecording && <RecordArrivalDialog onRecorded={changed} onClose={() => setRecording(false)} />}
      {deciding && <LineDialog {...deciding} onDecided={changed} onClose={() => setDeciding(undefined)} />}
    </Card>
  )
}

interface LineProps {
  readonly line: BankLine
  readonly onDecide: (decision: LineDecision) => void
  readonly onCredited: () => Promise<void>
}

function Line({ line, onDecide, onCredited }: LineProps) {
  const match = line.candidates[0]
  const credit = useAction(async () => {
    await call('POST', `/api/admin/bank-lines/${line.id}/credit`, { body: { depositId: match?.depositId } })
    toast(t('approved'))
    await onCredited()
  })
  return (
    <div class="stack stack-tight">
      <p class="row row-between">
        <span>
          <span class="strong">{bankName(line.account.bank)}</span> {line.bookedOn}
        </span>
        <Money amount={line.amountRupiah} />
      </p>
      {line.description !== '' && <p>{line.description}</p>}
      {line.refused !== null && (
        <Notice>
          {t('refusedTo', {
            name: line.refused.username,
            why: problemText(new ApiProblem(line.refused.code)),
          })}
        </Notice>
      )}
      {match && (
        <p class="small">{t('candidate', { name: match.username, state: states(`state_${match.state}`) })}</p>
      )}
      <ProblemNotice problem={credit.problem} />
      <div class="row">
        {match?.state === 'open' && (
          <Button isSmall tone="main" onClick={() => credit.run()} isBusy={credit.isBusy}>
            {t('credit')}
          </Button>
        )}
        {(['assign', 'return', 'dismiss'] as const).map((decision) => (
          <Button key={decision} isSmall tone="plain" onClick={() => onDecide(decision)}>
            {t(decision)}
          </Button>
        ))}
      </div>
    </div>
  )
}

interface LineDialogProps {
  readonly line: BankLine
  readonly decision: LineDecision
  readonly onDecided: () => Promise<void>
  readonly onClose: () => void
}

function LineDialog({ line, decision, onDecided, onClose }: LineDialogProps) {
  const [username, setUsername] = useState(line.candidates[0]?.username ?? '')
  const [reason, setReason] = useState('')
  const [isUnknown, setUnknown] = useState(false)
  const decide = async (): Promise<void> => {
    const memberId = decision === 'assign' ? await findMember(username) : undefined
    setUnknown(decision === 'assign' && memberId === undefined)
    if (decision === 'assign' && memberId === undefined)
      throw new ApiProblem('invalid_input', { fields: { memberId: 'not_allowed' } })
    await call('POST', `/api/admin/bank-lines/${line.id}/${decision}`, {
      body: { reason, ...(memberId !== undefined && { memberId }) },
    })
    toast(t(DONE[decision]))
    await onDecided()
  }
  return (
    <ConfirmDialog
      isOpen
      title={t(`${decision}Title`, { amount: formatRupiah(line.amountRupiah) })}
      confirmLabel={t(decision)}
      isDanger={decision === 'dismiss'}
      onConfirm={decide}
      onClose={onClose}
    >
      {decision === 'assign' && (
        <Field
          label={t('username')}
          value={username}
          onInput={setUsername}
          isRequired
          maxLength={32}
          error={isUnknown ? t('noSuchMember') : undefined}
        />
      )}
      <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
    </ConfirmDialog>
  )
}

async function findMember(username: string): Promise<string | undefined> {
  const name = username.trim().toLowerCase()
  const { members } = await get(`/api/admin/members?query=${encodeURIComponent(name)}`, Members)
  return members.find((member) => member.username === name)?.id
}
