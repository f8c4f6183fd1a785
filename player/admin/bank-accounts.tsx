/** Where members transfer to, and the rules of payments. */
import { useState } from 'preact/hooks'
import { PaymentSettings, ReceivingAccount } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { BankAccountFields, useBankAccount } from '../ui/bank-account-fields.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, readAmount, RupiahField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { useReceivingAccounts } from './receiving-account-field.tsx'
import { TotalHeldCard } from './total-held.tsx'

export function BankTab({ totals }: Parameters<typeof TotalHeldCard>[0]) {
  const accounts = useReceivingAccounts()
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
      <div class="stack">
        <TotalHeldCard totals={totals} />
        {settings.state === 'ready' && <Rules settings={settings.value} />}
      </div>
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
  const [account, setAccount] = useBankAccount()
  const add = useAction(async () => {
    await call('POST', '/api/admin/receiving-accounts', {
      body: account,
      schema: ReceivingAccount,
    })
    setAccount({ ...account, accountNumber: '' })
    toast(t('added'))
    await onAdded()
  })
  return (
    <Card title={t('addAccount')}>
      <ActionForm action={add} label={t('addAccount')} button="main">
        <BankAccountFields account={account} onChange={setAccount} problem={add.problem} />
      </ActionForm>
    </Card>
  )
}

function Rules({ settings }: { settings: PaymentSettings }) {
  const [values, setValues] = useState(() => toTexts(settings))
  const set = (some: Partial<SettingTexts>): void => setValues((before) => ({ ...before, ...some }))
  const save = useAction(async () => {
    await call('PUT', '/api/admin/payment-settings', {
      body: fromTexts(values),
      schema: PaymentSettings,
    })
    toast(t('saved'))
  })
  return (
    <Card title={t('rulesTitle')}>
      <ActionForm action={save} label={t('save')} button="main">
        {AMOUNTS.map((name) => (
          <RupiahField
            key={name}
            label={t(name)}
            text={values[name]}
            onInput={(text) => set({ [name]: text })}
            allowsZero
            error={fieldText(save.problem, name)}
          />
        ))}
        {OPTIONAL_AMOUNTS.map((name) => (
          <Field
            key={name}
            label={t(name)}
            hint={[t('emptyIsNone'), ...hintsOf(name)].join(' ')}
            value={values[name]}
            onInput={(text) => set({ [name]: text })}
            inputMode="numeric"
            isOptional
            maxLength={20}
            error={fieldText(save.problem, name)}
          />
        ))}
        {NUMBERS.map((name) => (
          <Field
            key={name}
            label={t(name)}
            {...(name === 'adminCoolDownHours' && { hint: t('adminCoolDownHint') })}
            value={values[name]}
            onInput={(text) => set({ [name]: text })}
            inputMode="numeric"
            isRequired
            maxLength={3}
            error={fieldText(save.problem, name)}
          />
        ))}
      </ActionForm>
    </Card>
  )
}

const AMOUNTS = ['depositMinimumRupiah', 'withdrawalMinimumRupiah', 'withdrawalFeeRupiah'] as const
/** Empty: there is no such limit. */
const OPTIONAL_AMOUNTS = [
  'twoAdminsAboveRupiah',
  'withdrawalRupiahPerDay',
  'walletCapRupiah',
  'incomingRupiahPerMonth',
  'totalHeldAlarmRupiah',
  'donationHoldAboveRupiah',
] as const
const NUMBERS = [
  'depositHours',
  'withdrawalsPerDay',
  'payoutAccountCoolDownHours',
  'adminCoolDownHours',
  'donationFeePermille',
  'refundHours',
  'donationHoldHours',
] as const

function hintsOf(name: (typeof OPTIONAL_AMOUNTS)[number]): readonly string[] {
  if (name === 'walletCapRupiah') return [t('capsHint')]
  return name === 'donationHoldAboveRupiah' ? [t('donationHoldHint')] : []
}

type SettingTexts = Readonly<Record<keyof PaymentSettings, string>>

function toTexts(settings: PaymentSettings): SettingTexts {
  const entries = Object.entries(settings).map(([name, value]) => [
    name,
    value === null
      ? ''
      : name.endsWith('Rupiah') || name.includes('RupiahPer')
        ? formatRupiah(value)
        : String(value),
  ])
  return Object.fromEntries(entries) as SettingTexts
}

/** What cannot be read is sent as it is not: the server names the field. */
function fromTexts(texts: SettingTexts): Record<string, number | null | undefined> {
  const read = (
    names: readonly (keyof PaymentSettings)[],
    reader: (text: string) => number | null | undefined,
  ) => names.map((name) => [name, reader(texts[name])] as const)
  return Object.fromEntries([
    ...read(AMOUNTS, (text) => readAmount(text, true)),
    ...read(OPTIONAL_AMOUNTS, (text) => (text.trim() === '' ? null : (readAmount(text, true) ?? -1))),
    ...read(NUMBERS, Number),
  ])
}
