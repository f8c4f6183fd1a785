/** Where members transfer to, and the rules of payments. */
import { useState } from 'preact/hooks'
import { BANKS } from '../../shared/banks.ts'
import { ACCOUNT_NAME_MAX_CHARS, PaymentSettings, ReceivingAccount } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { Accounts } from './record-arrival.tsx'

export function BankTab() {
  const accounts = useLoad(
    async (signal) => (await get('/api/admin/receiving-accounts', Accounts, signal)).accounts,
  )
  const settings = useLoad((signal) => get('/api/admin/payment-settings', PaymentSettings, signal))
  if (accounts.state === 'failed')
    return <Failed problem={accounts.problem} onRetry={() => void accounts.reload()} />
  if (accounts.state === 'loading') return <Spinner />
  return (
    <div class="columns">
      <div class="stack">
        <Card title={t('accountsTitle')}>
          <p class="small muted">{t(accounts.value.length === 0 ? 'accountsEmpty' : 'accountsText')}</p>
          <ul class="list">
            {accounts.value.map((account) => (
              <li key={account.id}>
                <AccountLine account={account} onChange={() => accounts.reload()} />
              </li>
            ))}
          </ul>
        </Card>
        <NewAccount onAdded={() => accounts.reload()} />
      </div>
      {settings.state === 'ready' && <Rules key="rules" settings={settings.value} />}
    </div>
  )
}

function AccountLine({ account, onChange }: { account: ReceivingAccount; onChange: () => Promise<void> }) {
  const toggle = useAction(async () => {
    await call('PATCH', `/api/admin/receiving-accounts/${account.id}`, { body: { isOpen: !account.isOpen } })
    await onChange()
  })
  return (
    <div class="row row-between">
      <div class="grow">
        <p class="row">
          <span class="strong">{bankName(account.bank)}</span> <code>{account.accountNumber}</code>
          {!account.isOpen && <Badge>{t('closed')}</Badge>}
        </p>
        <p class="small muted">{account.accountName}</p>
        <ProblemNotice problem={toggle.problem} />
      </div>
      <Button isSmall tone="plain" onClick={() => toggle.run()} isBusy={toggle.isBusy}>
        {t(account.isOpen ? 'close' : 'open')}
      </Button>
    </div>
  )
}

function NewAccount({ onAdded }: { onAdded: () => Promise<void> }) {
  const [bank, setBank] = useState<string>(BANKS[0] ?? 'other')
  const [accountNumber, setNumber] = useState('')
  const [accountName, setName] = useState('')
  const add = useAction(async () => {
    await call('POST', '/api/admin/receiving-accounts', {
      body: { bank, accountNumber, accountName },
      schema: ReceivingAccount,
    })
    setNumber('')
    toast(t('added'))
    await onAdded()
  })
  return (
    <Card title={t('addAccount')}>
      <form class="stack" onSubmit={add.run}>
        <SelectField
          label={t('bank')}
          value={bank}
          options={BANKS.map((value) => ({ value, label: bankName(value) }))}
          onChange={setBank}
        />
        <Field
          label={t('accountNumber')}
          value={accountNumber}
          onInput={setNumber}
          inputMode="numeric"
          isRequired
          maxLength={40}
          error={fieldText(add.problem, 'accountNumber')}
        />
        <Field
          label={t('accountName')}
          value={accountName}
          onInput={setName}
          isRequired
          maxLength={ACCOUNT_NAME_MAX_CHARS}
          error={fieldText(add.problem, 'accountName')}
        />
        <ProblemNotice problem={add.problem} />
        <div>
          <Button type="submit" tone="main" isBusy={add.isBusy}>
            {t('addAccount')}
          </Button>
        </div>
      </form>
    </Card>
  )
}

function Rules({ settings }: { settings: PaymentSettings }) {
  const [minimum, setMinimum] = useState(formatRupiah(settings.depositMinimumRupiah))
  const [hours, setHours] = useState(String(settings.depositHours))
  const save = useAction(async () => {
    await call('PUT', '/api/admin/payment-settings', {
      body: { depositMinimumRupiah: readAmount(minimum, true), depositHours: Number(hours) },
      schema: PaymentSettings,
    })
    toast(t('saved'))
  })
  return (
    <Card title={t('rulesTitle')}>
      <form class="stack" onSubmit={save.run}>
        <RupiahField
          label={t('depositMinimum')}
          text={minimum}
          onInput={setMinimum}
          allowsZero
          error={fieldText(save.problem, 'depositMinimumRupiah')}
        />
        <Field
          label={t('depositHours')}
          value={hours}
          onInput={setHours}
          inputMode="numeric"
          isRequired
          maxLength={3}
          error={fieldText(save.problem, 'depositHours')}
        />
        <ProblemNotice problem={save.problem} />
        <div>
          <Button type="submit" tone="main" isBusy={save.isBusy}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
