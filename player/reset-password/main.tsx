/** The page of a link that an admin made for a member who forgot their password. */
import { useState } from 'preact/hooks'
import { PASSWORD_MIN_CHARS } from '../../shared/contracts/fields.ts'
import { t } from '../i18n/sign-in.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty } from '../ui/parts.tsx'

// Another link pasted into the open page changes only the fragment.
addEventListener('hashchange', () => location.reload())
const code = location.hash.slice(1)

function ResetPassword() {
  return (
    <Page title={t('resetTitle')} isNarrow>
      {code === '' ? <Empty title={t('resetNoCodeTitle')}>{t('resetNoCodeText')}</Empty> : <Form />}
    </Page>
  )
}

function Form() {
  const [password, setPassword] = useState('')
  const { run, problem, isBusy } = useAction(async () => {
    await call('POST', '/api/accounts/password-resets', { body: { code, password } })
    location.replace('/account')
  })
  return (
    <Card>
      <h1>{t('resetTitle')}</h1>
      <p>{t('resetText')}</p>
      <form class="stack" onSubmit={run}>
        <Field
          label={t('newPassword')}
          value={password}
          onInput={setPassword}
          type="password"
          autoComplete="new-password"
          isRequired
          hint={t('passwordHint', { count: PASSWORD_MIN_CHARS })}
          error={fieldText(problem, 'password')}
        />
        <ProblemNotice problem={problem} />
        <Button type="submit" tone="main" isWide isBusy={isBusy}>
          {t('resetDo')}
        </Button>
      </form>
    </Card>
  )
}

mount(ResetPassword)
