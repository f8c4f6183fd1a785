/** Asks for the total to transfer. */
import { useState } from 'preact/hooks'
import { Deposit, type DepositList } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/deposits.ts'
import { call, newIdempotencyKey } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'

interface TopUpProps {
  readonly list: DepositList
  readonly onAsked: (deposit: Deposit) => void
}

export function TopUp({ list: { accounts, minimumRupiah }, onAsked }: TopUpProps) {
  const { member } = useSession()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(accounts[0]?.id ?? '')
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey)
  const amountRupiah = readAmount(text)
  /** What is changed is another request, so it gets a key of its own. */
  const changed = (change: () => void): void => {
    setIdempotencyKey(newIdempotencyKey())
    change()
  }
  const ask = useAction(async () => {
    const deposit = await call('POST', '/api/me/deposits', {
      body: { amountRupiah, receivingAccountId: chosen },
      schema: Deposit,
      idempotencyKey,
    })
    changed(() => setText(''))
    onAsked(deposit)
  })
  if (accounts.length === 0)
    return (
      <Card title={t('title')}>
        <p class="small muted">{t('noAccounts', { username: member?.username ?? '' })}</p>
      </Card>
    )
  return (
    <Card title={t('title')}>
      <form class="stack" onSubmit={ask.run}>
        <p class="small muted">{t('text')}</p>
        <RupiahField
          label={t('amount')}
          text={text}
          onInput={(input) => changed(() => setText(input))}
          hint={t('minimum', { amount: formatRupiah(Math.max(1, minimumRupiah)) })}
          error={fieldText(ask.problem, 'amountRupiah')}
        />
        <SelectField
          label={t('account')}
          value={chosen}
          options={accounts.map(({ id, bank, accountNumber }) => ({
            value: id,
            label: `${bankName(bank)} · ${accountNumber}`,
          }))}
          onChange={(id) => changed(() => setChosen(id))}
        />
        <ProblemNotice problem={ask.problem} />
        <Button
          type="submit"
          tone="main"
          isWide
          isBusy={ask.isBusy}
          isDisabled={amountRupiah === undefined || amountRupiah < minimumRupiah}
        >
          {t('ask')}
        </Button>
      </form>
    </Card>
  )
}
