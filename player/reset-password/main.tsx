/** A new password by a link; where mail is sent, also where one asks for the link. */
import { useState } from 'preact/hooks'
import { t } from '../i18n/sign-in.ts'
import { currentLanguage } from '../i18n/language.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { Notice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Card, Empty } from '../ui/parts.tsx'
import { NewPasswordField } from '../ui/password-fields.tsx'

// Another link pasted into the open page changes only the fragment.
addEventListener('hashchange', () => location.reload())
const code = location.hash.slice(1)

function ResetPassword() {
  const { hasMail } = useSession()
  return (
    <Page title={t('resetTitle')} isNarrow>
      {code !== '' ? (
        <NewPassword />
      ) : hasMail ? (
        <AskForLink />
      ) : (
        <Empty isWholePage title={t('resetNoCodeTitle')}>
          {t('resetNoCodeText')}
        </Empty>
      )}
    </Page>
  )
}

function NewPassword() {
  const [password, setPassword] = useState('')
  const reset = useAction(async () => {
    await call('POST', '/api/accounts/password-resets', { body: { code, password } })
    location.replace('/account')
  })
  return (
    <Card>
      <h1>{t('resetTitle')}</h1>
      <p>{t('resetText')}</p>
      <ActionForm action={reset} label={t('resetDo')} button="wide">
        <NewPasswordField value={password} onInput={setPassword} problem={reset.problem} />
      </ActionForm>
    </Card>
  )
}

function AskForLink() {
  const [login, setLogin] = useState('')
  const [isAsked, setAsked] = useState(false)
  const ask = useAction(async () => {
    const body = { login, language: currentLanguage() }
    await call('POST', '/api/accounts/password-reset-mails', { body })
    setAsked(true)
  })
  return (
    <Card>
      <h1>{t('resetTitle')}</h1>
      {isAsked ? (
        <Notice tone="ok">{t('resetAsked')}</Notice>
      ) : (
        <ActionForm action={ask} label={t('resetAsk')} button="wide">
          <p>{t('resetAskText')}</p>
          <Field
            label={t('login')}
            value={login}
            onInput={setLogin}
            type="text"
            autoComplete="username"
            isRequired
            maxLength={254}
            error={fieldText(ask.problem, 'login')}
          />
        </ActionForm>
      )}
      <p class="center">
        <a href="/sign-in">{t('signIn')}</a>
      </p>
    </Card>
  )
}

mount(ResetPassword)
