import { useState } from 'preact/hooks'
import { t } from '../i18n/sign-in.ts'
import { call } from '../lib/api.ts'
import { safeNextPath, signInPath } from '../lib/next-path.ts'
import { fieldText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { Notice, ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card } from '../ui/parts.tsx'

const next = safeNextPath(new URLSearchParams(location.search).get('next'))

function SignIn() {
  const { member, site } = useSession()
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useAction(async () => {
    await call('POST', '/api/accounts/sign-in', { body: { login, password } })
    location.replace(next)
  })
  return (
    <Page title={t('signInTitle')} isNarrow>
      <Card>
        <h1>{t('signInTitle')}</h1>
        {member && (
          <Notice>
            <p>{t('already', { name: member.username })}</p>
            <a href={next}>{t('goOn')}</a>
          </Notice>
        )}
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
        {site.registration !== 'closed' && (
          <p class="center">
            {t('noAccount')} <a href={signInPath(next, '/register')}>{t('register')}</a>
          </p>
        )}
        <p class="center small">
          <a href="/admin/sign-in">{t('adminSignIn')}</a>
        </p>
      </Card>
    </Page>
  )
}

mount(SignIn)
