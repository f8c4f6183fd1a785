/** A member's address, and what is sent to it. */
import { useState } from 'preact/hooks'
import type { Member } from '../../shared/contracts/accounts.ts'
import { EmailChange, type MailLanguage, MailWishes } from '../../shared/contracts/mail.ts'
import { t } from '../i18n/account-mail.ts'
import { currentLanguage } from '../i18n/language.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { Failed, Notice, toast } from '../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Card, Spinner } from '../ui/parts.tsx'
import { CurrentPasswordField, isWrongPassword } from '../ui/password-fields.tsx'

export function EmailCard({ member }: { member: Member }) {
  const { refresh } = useSession()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isSent, setSent] = useState(false)
  const change = useAction(async () => {
    const body = { email, password, language: currentLanguage() }
    const { state } = await call('PUT', '/api/me/email', { body, schema: EmailChange })
    setEmail('')
    setPassword('')
    setSent(state === 'confirm')
    if (state === 'changed') toast(t('changed'))
    await refresh()
  })
  const { problem } = change
  return (
    <Card title={t('emailTitle')}>
      <p class="small muted">{member.email}</p>
      {isSent && <Notice tone="ok">{t('confirmSent')}</Notice>}
      <ActionForm action={change} label={t('change')} hidesProblem={isWrongPassword(problem)}>
        <Field
          label={t('email')}
          value={email}
          onInput={setEmail}
          type="email"
          autoComplete="email"
          isRequired
          error={fieldText(problem, 'email')}
        />
        <CurrentPasswordField value={password} onInput={setPassword} problem={problem} />
      </ActionForm>
    </Card>
  )
}

export function MailWishesCard() {
  const wishes = useLoad((signal) => get('/api/me/mail', MailWishes, signal))
  if (wishes.state === 'loading') return <Spinner />
  if (wishes.state === 'failed')
    return <Failed problem={wishes.problem} onRetry={() => void wishes.reload()} />
  return <WishesForm saved={wishes.value} />
}

function WishesForm({ saved }: { saved: MailWishes }) {
  const { site } = useSession()
  const [wishes, setWishes] = useState(saved)
  const set = (some: Partial<MailWishes>): void => setWishes((before) => ({ ...before, ...some }))
  const save = useAction(async () => {
    await call('PUT', '/api/me/mail', { body: wishes })
    toast(t('saved'))
  })
  return (
    <Card title={t('mailTitle')}>
      <ActionForm action={save} label={t('save')}>
        <p class="small muted">{t('mailText')}</p>
        <CheckField
          label={t('onDecision')}
          isChecked={wishes.onDecision}
          onChange={(onDecision) => set({ onDecision })}
        />
        {site.donationsEnabled && (
          <CheckField
            label={t('onDonation')}
            hint={t('onDonationHint')}
            isChecked={wishes.onDonation}
            onChange={(onDonation) => set({ onDonation })}
          />
        )}
        <SelectField
          label={t('language')}
          value={wishes.language}
          options={[
            { value: 'id', label: 'Bahasa Indonesia' },
            { value: 'en', label: 'English' },
          ]}
          onChange={(language) => set({ language: language as MailLanguage })}
        />
      </ActionForm>
    </Card>
  )
}
