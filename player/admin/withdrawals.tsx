/** The queue of withdrawals: whom to pay what, and what became of it. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminWithdrawal, type WithdrawalState } from '../../shared/contracts/withdrawals.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/withdrawals.ts'
import { call, get } from '../lib/api.ts'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card, Money, Time } from '../ui/parts.tsx'
import { CopyButton } from '../ui/secret.tsx'
import { CheckName, Names } from './name-check.tsx'
import { WithdrawalDialog, type WithdrawalDecision } from './withdrawal-dialog.tsx'
import { QueueRows, useQueue, Waiting } from './queue.tsx'

const Withdrawals = v.object({ withdrawals: v.array(AdminWithdrawal) })
const STATES = ['held', 'paid', 'released', 'reversed'] as const

export function WithdrawalsTab({ onDecided }: { onDecided: () => Promise<void> }) {
  const [state, setState] = useState<WithdrawalState>('held')
  const [deciding, setDeciding] = useState<{ withdrawal: AdminWithdrawal; decision: WithdrawalDecision }>()
  const load = async (before: string | undefined, signal?: AbortSignal) => {
    const query = new URLSearchParams({ state, ...(before !== undefined && { before }) })
    return (await get(`/api/admin/withdrawals?${query}`, Withdrawals, signal)).withdrawals
  }
  const { paged, onChange } = useQueue({ load, onDecided }, [state])
  return (
    <div class="stack">
      <SelectField
        label={t('filter')}
        value={state}
        options={STATES.map((value) => ({ value, label: t(`state_${value}`) }))}
        onChange={(value) => setState(value as WithdrawalState)}
      />
      <QueueRows paged={paged} emptyTitle={t('queueEmptyTitle')} emptyText={t('queueEmptyText')}>
        {(withdrawal) => (
          <WithdrawalCard
            key={withdrawal.id}
            withdrawal={withdrawal}
            onDecide={(decision) => setDeciding({ withdrawal, decision })}
            onApproved={onChange}
          />
        )}
      </QueueRows>
      {deciding && (
        <WithdrawalDialog {...deciding} onClose={() => setDeciding(undefined)} onDecided={onChange} />
      )}
    </div>
  )
}

interface WithdrawalCardProps {
  readonly withdrawal: AdminWithdrawal
  readonly onDecide: (decision: WithdrawalDecision) => void
  readonly onApproved: () => Promise<void>
}

function WithdrawalCard({ withdrawal, onDecide, onApproved }: WithdrawalCardProps) {
  const { id, member, bank, accountNumber, accountName, payoutRupiah, feeRupiah, state } = withdrawal
  const { isNameChecked, approvals, approvalsNeeded, createdAt, note, reason, bankTransactionId, decidedBy } =
    withdrawal
  const { approvalsTooNew } = withdrawal
  const counted = approvals.length - approvalsTooNew.length
  const names = { amount: formatRupiah(payoutRupiah), name: member.username }
  const approve = useAction(async () => {
    await call('POST', `/api/admin/withdrawals/${id}/approve`)
    toast(t('approved'))
    await onApproved()
  })
  return (
    <Card title={<Money amount={payoutRupiah} />} end={<Waiting since={createdAt} />}>
      <p class="row">
        <span class="strong">{member.username}</span>
        {feeRupiah > 0 && <span class="small muted">{t('fee', { amount: formatRupiah(feeRupiah) })}</span>}
      </p>
      <div class="row row-between">
        <p>
          {bankName(bank)} · {accountNumber === null ? t('unreadable') : <code>{accountNumber}</code>}
          <br />
          <span class="small muted">{accountName}</span>
        </p>
        {accountNumber !== null && <CopyButton text={accountNumber} />}
      </div>
      <Names withdrawal={withdrawal} />
      {note !== null && <blockquote class="quote">{note}</blockquote>}
      {reason !== null && <blockquote class="quote">{reason}</blockquote>}
      {approvalsNeeded > 1 && (
        <p class="small">
          {t('approvals', {
            names: approvals.join(', ') || '–',
            count: counted,
            needed: approvalsNeeded,
          })}
        </p>
      )}
      {state === 'held' &&
        approvalsTooNew.map(({ username, countsFrom }) => (
          <p class="small" key={username}>
            {t('approvalTooNew', { name: username })} <Time at={countsFrom} />.
          </p>
        ))}
      {bankTransactionId !== null && (
        <p class="small muted">
          <code>{bankTransactionId}</code> · {decidedBy}
        </p>
      )}
      <ProblemNotice problem={approve.problem} />
      <div class="row">
        {state === 'held' && !isNameChecked && <CheckName withdrawal={withdrawal} onChecked={onApproved} />}
        {state === 'held' && isNameChecked && approvalsNeeded > 1 && counted === 0 && (
          <Button onClick={() => approve.run()} isBusy={approve.isBusy} label={t('approveOf', names)}>
            {t('approve')}
          </Button>
        )}
        {/* Not before: what was transferred and cannot be marked so would be paid again. */}
        {state === 'held' && isNameChecked && counted >= approvalsNeeded - 1 && (
          <Button tone="main" onClick={() => onDecide('pay')} label={t('payOf', names)}>
            {t('pay')}
          </Button>
        )}
        {state === 'held' && (
          <Button tone="danger" onClick={() => onDecide('release')} label={t('releaseOf', names)}>
            {t('release')}
          </Button>
        )}
        {state === 'paid' && (
          <Button tone="danger" onClick={() => onDecide('reverse')}>
            {t('reverse')}
          </Button>
        )}
      </div>
    </Card>
  )
}
