/** The queue of deposit requests, found by the exact total that the statement shows. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminDeposit, type DepositState } from '../../shared/contracts/payments.ts'
import { formatRupiah, parseRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { call, get } from '../lib/api.ts'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Card, Money } from '../ui/parts.tsx'
import { BankLines } from './bank-lines.tsx'
import { DepositDialog, type DepositDecision } from './deposit-dialog.tsx'
import { QueueRows, useQueue, Waiting } from './queue.tsx'

const Deposits = v.object({ deposits: v.array(AdminDeposit) })
const FILTERS = ['open', 'expired', 'approved', 'rejected', 'reversed'] as const

export function DepositsTab({ onDecided }: { onDecided: () => Promise<void> }) {
  const [state, setState] = useState<DepositState>('open')
  const [totalText, setTotalText] = useState('')
  const [deciding, setDeciding] = useState<{ deposit: AdminDeposit; decision: DepositDecision }>()
  const total = totalText === '' ? undefined : parseRupiah(totalText)
  const load = async (before: string | undefined, signal?: AbortSignal) => {
    const query = new URLSearchParams({ state })
    if (total !== undefined) query.set('total', String(total))
    if (before !== undefined) query.set('before', before)
    return (await get(`/api/admin/deposits?${query}`, Deposits, signal)).deposits
  }
  const { paged, onChange } = useQueue({ load, onDecided }, [state, total])
  return (
    <div class="stack">
      <Card>
        <div class="columns">
          <Field
            label={t('findTotal')}
            hint={t('findTotalHint')}
            value={totalText}
            onInput={setTotalText}
            type="search"
            inputMode="numeric"
            maxLength={20}
          />
          <SelectField
            label={t('filter')}
            value={state}
            options={FILTERS.map((value) => ({ value, label: t(`filter_${value}`) }))}
            onChange={(value) => setState(value as DepositState)}
          />
        </div>
      </Card>
      <QueueRows paged={paged} emptyTitle={t('depositsEmptyTitle')} emptyText={t('depositsEmptyText')}>
        {(deposit) => (
          <DepositCard
            key={deposit.id}
            deposit={deposit}
            onDecide={(decision) => setDeciding({ deposit, decision })}
            onReopened={onChange}
          />
        )}
      </QueueRows>
      <BankLines onDecided={onChange} />
      {deciding && (
        <DepositDialog {...deciding} onClose={() => setDeciding(undefined)} onDecided={onChange} />
      )}
    </div>
  )
}

interface DepositCardProps {
  readonly deposit: AdminDeposit
  readonly onDecide: (decision: DepositDecision) => void
  readonly onReopened: () => Promise<void>
}

function DepositCard({ deposit, onDecide, onReopened }: DepositCardProps) {
  const { id, member, account, totalRupiah, state, claimedAt, hasReceipt, note, reason } = deposit
  const names = { amount: formatRupiah(totalRupiah), name: member.username }
  const reopen = useAction(async () => {
    await call('POST', `/api/admin/deposits/${id}/reopen`)
    toast(t('reopened'))
    await onReopened()
  })
  return (
    <Card title={<Money amount={totalRupiah} />} end={<Waiting since={deposit.createdAt} />}>
      <p class="row">
        <span class="strong">{member.username}</span>
        <span>
          {bankName(account.bank)} · <code>{account.accountNumber}</code>
        </span>
        {state === 'open' && claimedAt !== null && <Badge tone="warn">{t('claimedAt')}</Badge>}
        {hasReceipt && (
          <a href={`/api/admin/deposits/${id}/receipt`} target="_blank" rel="noopener">
            {t('showReceipt')}
          </a>
        )}
      </p>
      {note !== null && <blockquote class="quote">{note}</blockquote>}
      {reason !== null && <blockquote class="quote">{reason}</blockquote>}
      {deposit.bankTransactionId !== null && (
        <p class="small muted">
          <code>{deposit.bankTransactionId}</code> · {deposit.decidedBy}
        </p>
      )}
      <ProblemNotice problem={reopen.problem} />
      <div class="row">
        {state === 'open' && (
          <>
            <Button tone="main" onClick={() => onDecide('approve')} label={t('approveOf', names)}>
              {t('approve')}
            </Button>
            <Button tone="danger" onClick={() => onDecide('reject')} label={t('rejectOf', names)}>
              {t('reject')}
            </Button>
          </>
        )}
        {state === 'expired' && (
          <Button onClick={() => reopen.run()} isBusy={reopen.isBusy}>
            {t('reopen')}
          </Button>
        )}
        {state === 'approved' && (
          <Button tone="danger" onClick={() => onDecide('reverse')}>
            {t('reverse')}
          </Button>
        )}
      </div>
    </Card>
  )
}
