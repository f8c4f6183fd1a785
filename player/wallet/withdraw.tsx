/** Money out of the wallet: the account it goes to, and what becomes of each request. */
import { useState } from 'preact/hooks'
import { PayoutAccount, Withdrawal, WithdrawalList } from '../../shared/contracts/withdrawals.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { ReportProblem } from '../cases/report.tsx'
import { t } from '../i18n/withdrawals.ts'
import { call, get, newIdempotencyKey } from '../lib/api.ts'
import { BankAccountFields, useBankAccount } from '../ui/bank-account-fields.tsx'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { readAmount, RupiahField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { FirstWithdrawal } from './first-withdrawal.tsx'

export function WithdrawTab() {
  const list = useLoad((signal) => get('/api/me/withdrawals', WithdrawalList, signal))
  const [isChanging, setChanging] = useState(false)
  if (list.state === 'loading') return <Spinner />
  if (list.state === 'failed') return <Failed problem={list.problem} onRetry={() => void list.reload()} />
  const { account, withdrawals } = list.value
  const onAccount = (changed: PayoutAccount): void => {
    list.setValue({ ...list.value, account: changed })
    setChanging(false)
  }
  return (
    <div class="stack">
      {account?.isNameChecked !== true && (
        <FirstWithdrawal heldId={withdrawals.find(({ state }) => state === 'held')?.id} />
      )}
      {account === null || isChanging ? (
        <AccountForm list={list.value} onSaved={onAccount} onCancel={() => setChanging(false)} />
      ) : (
        <WithdrawForm
          list={list.value}
          account={account}
          onChangeAccount={() => setChanging(true)}
          onAsked={() => list.reload()}
        />
      )}
      {withdrawals.length === 0 ? (
        <Empty title={t('emptyTitle')}>{t('emptyText')}</Empty>
      ) : (
        <Card title={t('listTitle')}>
          <ul class="list">
            {withdrawals.map((withdrawal) => (
              <li key={withdrawal.id} class="entry">
                <Line withdrawal={withdrawal} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  )
}

interface AccountFormProps {
  readonly list: WithdrawalList
  readonly onSaved: (account: PayoutAccount) => void
  readonly onCancel: () => void
}

function AccountForm({ list: { account, coolDownHours }, onSaved, onCancel }: AccountFormProps) {
  const [entered, setEntered] = useBankAccount(
    account ? { bank: account.bank, accountName: account.accountName } : {},
  )
  const save = useAction(async () => {
    onSaved(await call('PUT', '/api/me/payout-account', { body: entered, schema: PayoutAccount }))
    toast(t('accountSaved'))
  })
  return (
    <Card title={t('accountTitle')}>
      <form class="stack" onSubmit={save.run}>
        <p class="small muted">{t('accountText')}</p>
        {account !== null && coolDownHours > 0 && <Notice>{t('coolDown', { hours: coolDownHours })}</Notice>}
        <BankAccountFields
          account={entered}
          onChange={setEntered}
          problem={save.problem}
          nameHint={t('accountNameHint')}
        />
        <ProblemNotice problem={save.problem} />
        <div class="row">
          <Button type="submit" tone="main" isBusy={save.isBusy}>
            {t('saveAccount')}
          </Button>
          {account !== null && (
            <Button tone="plain" onClick={onCancel}>
              {t('keepAccount')}
            </Button>
          )}
        </div>
      </form>
    </Card>
  )
}

interface WithdrawFormProps {
  readonly list: WithdrawalList
  readonly account: PayoutAccount
  readonly onChangeAccount: () => void
  readonly onAsked: () => Promise<void>
}

function WithdrawForm({ list, account, onChangeAccount, onAsked }: WithdrawFormProps) {
  const { member, refresh } = useSession()
  const [text, setText] = useState('')
  const [isConfirming, setConfirming] = useState(false)
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const { feeRupiah, minimumRupiah } = list
  const amountRupiah = readAmount(text)
  const balance = member?.balanceRupiah ?? 0
  const isPossible =
    amountRupiah !== undefined &&
    amountRupiah > feeRupiah &&
    amountRupiah >= minimumRupiah &&
    amountRupiah <= balance
  const isCooling = account.usableFrom > Date.now()
  const ask = async (): Promise<void> => {
    await call('POST', '/api/me/withdrawals', {
      body: { amountRupiah, feeRupiah },
      schema: Withdrawal,
      idempotencyKey,
    })
    setIdempotencyKey(newIdempotencyKey())
    setText('')
    toast(t('asked'))
    await Promise.all([onAsked(), refresh()])
  }
  return (
    <Card title={t('title')}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (isPossible) setConfirming(true)
        }}
      >
        <div class="row row-between">
          <p>
            <span class="strong">
              {bankName(account.bank)} …{account.numberEnd}
            </span>
            <br />
            <span class="small muted">{account.accountName}</span>
          </p>
          <Button isSmall tone="plain" onClick={onChangeAccount}>
            {t('changeAccount')}
          </Button>
        </div>
        {isCooling && (
          <Notice>
            {t('usableFrom')} <Time at={account.usableFrom} />
          </Notice>
        )}
        <RupiahField
          label={t('amount')}
          text={text}
          onInput={(input) => {
            setText(input)
            // What is changed is another request, so it gets a key of its own.
            setIdempotencyKey(newIdempotencyKey())
          }}
          hint={t('balance', { amount: formatRupiah(balance) })}
          error={
            amountRupiah !== undefined && !isPossible ? limitText(amountRupiah, list, balance) : undefined
          }
        />
        <p class="small muted">
          {feeRupiah > 0 ? t('fee', { amount: formatRupiah(feeRupiah) }) : t('noFee')}
        </p>
        <Button type="submit" tone="main" isWide isDisabled={!isPossible || isCooling}>
          {t('ask')}
        </Button>
      </form>
      <ConfirmDialog
        isOpen={isConfirming}
        title={t('confirmTitle')}
        confirmLabel={t('ask')}
        onConfirm={ask}
        onClose={() => setConfirming(false)}
      >
        <dl class="figures">
          <div>
            <dt>{t('leaves')}</dt>
            <dd>
              <Money amount={amountRupiah ?? 0} />
            </dd>
          </div>
          <div>
            <dt>{t('feeLabel')}</dt>
            <dd>
              <Money amount={feeRupiah} />
            </dd>
          </div>
          <div>
            <dt>{t('arrives')}</dt>
            <dd>
              <Money amount={(amountRupiah ?? 0) - feeRupiah} />
            </dd>
          </div>
        </dl>
        <p>
          {bankName(account.bank)} …{account.numberEnd}, {account.accountName}
        </p>
      </ConfirmDialog>
    </Card>
  )
}

function limitText(amount: number, { feeRupiah, minimumRupiah }: WithdrawalList, balance: number): string {
  if (amount > balance) return t('tooMuch', { amount: formatRupiah(balance) })
  return t('tooLittle', { amount: formatRupiah(Math.max(minimumRupiah, feeRupiah + 1)) })
}

function Line({ withdrawal }: { withdrawal: Withdrawal }) {
  const { id, bank, numberEnd, state, reason, feeRupiah, amountRupiah, createdAt } = withdrawal
  const tone = state === 'paid' ? 'ok' : state === 'held' ? 'warn' : undefined
  return (
    <>
      <div class="stack stack-tight grow">
        <p class="row">
          <span class="strong">
            {bankName(bank)} …{numberEnd}
          </span>
          {tone ? <Badge tone={tone}>{t(`state_${state}`)}</Badge> : <Badge>{t(`state_${state}`)}</Badge>}
        </p>
        {reason !== null && <p>{t('reason', { reason })}</p>}
        <p class="small muted">
          <Time at={createdAt} />
          {feeRupiah > 0 && ` · ${t('fee', { amount: formatRupiah(feeRupiah) })}`}
        </p>
      </div>
      <Money amount={amountRupiah} />
      <div class="entry-foot">
        <ReportProblem kind="withdrawal" reference={id} />
      </div>
    </>
  )
}
