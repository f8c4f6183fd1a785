import { useState } from 'preact/hooks'
import { t } from '../i18n/admin.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Page } from '../ui/page.tsx'
import { Button, Card } from '../ui/parts.tsx'

export function SignIn() {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useAction(async () => {
    await call('POST', '/api/admin/sign-in', { body: { login, password } })
    location.replace(`/admin${location.hash}`)
  })
  return (
    // Nothing in place of the member's links.
    <Page title={t('signInTitle')} isNarrow nav={[]} account={<></>}>
      <Card>
        <div class="stack stack-tight">
          <h1>{t('signInTitle')}</h1>
          <p class="muted">{t('signInText')}</p>
        </div>
        <form class="stack" onSubmit={signIn.run}>
          <Field
            label={t('login')}
            value={login}
            onInput={setLogin}
            type="text"
            autoComplete="username"
            isRequired
            error={fieldText(signIn.problem, 'login')}
          />
          <Field
            label={t('password')}
            value={password}
            onInput={setPassword}
            type="password"
            autoComplete="current-password"
            isRequired
            error={fieldText(signIn.problem, 'password')}
          />
          <ProblemNotice problem={signIn.problem} />
          <Button type="submit" tone="main" isWide isBusy={signIn.isBusy}>
            {t('signIn')}
          </Button>
        </form>
        <p class="small muted">{t('forgot')}</p>
      </Card>
    </Page>
  )
}
