/** One's own deposit requests: what to transfer where, and what became of it. */
import { useEffect, useState } from 'preact/hooks'
import { Deposit } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { ReportProblem } from '../cases/report.tsx'
import { t } from '../i18n/deposits.ts'
import { call } from '../lib/api.ts'
import { formatDuration } from '../lib/time.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Card, Money, Time } from '../ui/parts.tsx'
import { CopyButton } from '../ui/secret.tsx'
import { ReceiptButton } from './receipt-button.tsx'

interface DepositsProps {
  readonly deposits: readonly Deposit[]
  readonly onChange: (deposit: Deposit) => void
}

export function Deposits({ deposits, onChange }: DepositsProps) {
  if (deposits.length === 0) return null
  const open = deposits.filter(({ state }) => state === 'open')
  const others = deposits.filter(({ state }) => state !== 'open')
  return (
    <>
      {open.map((deposit) => (
        <OpenDeposit key={deposit.id} deposit={deposit} onChange={onChange} />
      ))}
      {others.length > 0 && (
        <Card title={t('listTitle')}>
          <ul class="list">
            {others.map((deposit) => (
              <li key={deposit.id} class="entry">
                <ClosedDeposit deposit={deposit} onChange={onChange} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}

interface DepositProps {
  readonly deposit: Deposit
  readonly onChange: (deposit: Deposit) => void
}

export function OpenDeposit({ deposit, onChange }: DepositProps) {
  const [isCancelling, setCancelling] = useState(false)
  const path = `/api/me/deposits/${deposit.id}`
  const claim = useAction(async () => onChange(await call('POST', `${path}/claim`, { schema: Deposit })))
  const isClaimed = deposit.claimedAt !== null
  const { account, totalRupiah } = deposit
  return (
    <Card
      title={t('transferExactly')}
      end={<Badge tone="warn">{t(isClaimed ? 'state_claimed' : 'state_open')}</Badge>}
    >
      <div class="row row-between">
        <p class="deposit-total amount" data-total={totalRupiah}>
          {formatRupiah(totalRupiah)}
        </p>
        <CopyButton text={String(totalRupiah)} label={t('copyTotal')} />
      </div>
      <p class="small muted">{t('codeNote', { code: deposit.code })}</p>
      <dl class="receipt">
        <dt>{t('toAccount', { bank: bankName(account.bank) })}</dt>
        <dd class="row row-between">
          <code>{account.accountNumber}</code>
          <CopyButton text={account.accountNumber} label={t('copyNumber')} />
        </dd>
        <dt>{t('accountName')}</dt>
        <dd>{account.accountName}</dd>
      </dl>
      {isClaimed ? (
        <p>{t('claimed')}</p>
      ) : (
        <TimeLeft until={deposit.expiresAt} onOver={() => onChange({ ...deposit, state: 'expired' })} />
      )}
      <ProblemNotice problem={claim.problem} />
      <div class="row">
        {!isClaimed && (
          <Button tone="main" onClick={() => claim.run()} isBusy={claim.isBusy}>
            {t('claim')}
          </Button>
        )}
        <ReceiptButton deposit={deposit} onChange={onChange} />
        <Button tone="plain" onClick={() => setCancelling(true)}>
          {t('cancel')}
        </Button>
      </div>
      <ReportProblem kind="deposit" reference={deposit.id} />
      <ConfirmDialog
        isOpen={isCancelling}
        title={t('cancelTitle')}
        confirmLabel={t('cancel')}
        isDanger
        onConfirm={async () => onChange(await call('POST', `${path}/cancel`, { schema: Deposit }))}
        onClose={() => setCancelling(false)}
      >
        <p>{t('cancelText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

const SECOND_MS = 1000

function TimeLeft({ until, onOver }: { until: number; onOver: () => void }) {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS)
    return () => clearInterval(timer)
  }, [])
  const isOver = now >= until
  useEffect(() => {
    if (isOver) onOver()
  }, [isOver])
  return (
    <p>
      <span class="strong">{t('timeLeft', { time: formatDuration(until - now) })}</span>{' '}
      <span class="small muted">
        (<Time at={until} />)
      </span>
    </p>
  )
}

function ClosedDeposit({ deposit, onChange }: DepositProps) {
  const { id, account, state, totalRupiah, reason, createdAt } = deposit
  const reopen = useAction(async () => {
    onChange(await call('POST', `/api/me/deposits/${id}/reopen`, { schema: Deposit }))
    toast(t('reopened'))
  })
  const tone = state === 'approved' ? 'ok' : state === 'expired' ? 'warn' : undefined
  return (
    <>
      <div class="stack stack-tight grow">
        <p class="row">
          <span class="strong">{bankName(account.bank)}</span>
          {tone ? <Badge tone={tone}>{t(`state_${state}`)}</Badge> : <Badge>{t(`state_${state}`)}</Badge>}
        </p>
        {reason !== null && <p>{t('reason', { reason })}</p>}
        <p class="small muted">
          <Time at={createdAt} />
        </p>
      </div>
      <Money amount={totalRupiah} />
      <div class="entry-foot stack stack-tight">
        <ReportProblem kind="deposit" reference={id} />
        <ProblemNotice problem={reopen.problem} />
        {state === 'expired' && (
          <div>
            <Button isSmall tone="plain" onClick={() => reopen.run()} isBusy={reopen.isBusy}>
              {t('reopen')}
            </Button>
          </div>
        )}
      </div>
    </>
  )
}
