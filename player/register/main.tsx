import { useState } from 'preact/hooks'
import { PASSWORD_MIN_CHARS } from '../../shared/contracts/fields.ts'
import { t } from '../i18n/sign-in.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { safeNextPath, signInPath } from '../lib/next-path.ts'
import { fieldText, problemText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { Notice, ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty } from '../ui/parts.tsx'

const query = new URLSearchParams(location.search)
const next = safeNextPath(query.get('next'))
const invite = query.get('invite')

function Register() {
  const { site } = useSession()
  return (
    <Page title={t('registerTitle')} isNarrow>
      {site.registration === 'closed' ? (
        <Empty title={t('closedTitle')}>{t('closedText')}</Empty>
      ) : site.registration === 'invited' && invite === null ? (
        <Empty title={t('invitedOnlyTitle')}>{t('invitedOnlyText')}</Empty>
      ) : (
        <Form />
      )}
    </Page>
  )
}

function Form() {
  const [email, setEmail] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const register = useAction(async () => {
    await call('POST', '/api/accounts/register', {
      body: { email, username, password, ...(invite !== null && { invite }) },
    })
    location.replace(next)
  })
  const { problem } = register
  return (
    <Card>
      <h1>{t('registerTitle')}</h1>
      {invite !== null && <Notice tone="ok">{t('invited')}</Notice>}
      <form class="stack" onSubmit={register.run}>
        <Field
          label={t('email')}
          value={email}
          onInput={setEmail}
          type="email"
          autoComplete="email"
          isRequired
          error={fieldText(problem, 'email') ?? takenText(problem, 'email_taken')}
        />
        <Field
          label={t('username')}
          value={username}
          onInput={(value) => setUsername(value.toLowerCase())}
          type="text"
          autoComplete="username"
          isRequired
          maxLength={32}
          hint={t('usernameHint')}
          error={fieldText(problem, 'username') ?? takenText(problem, 'username_taken')}
        />
        <Field
          label={t('password')}
          value={password}
          onInput={setPassword}
          type="password"
          autoComplete="new-password"
          isRequired
          hint={t('passwordHint', { count: PASSWORD_MIN_CHARS })}
          error={fieldText(problem, 'password')}
        />
        <ProblemNotice problem={problem} />
        <Button type="submit" tone="main" isWide isBusy={register.isBusy}>
          {t('create')}
        </Button>
      </form>
      <p class="center">
        {t('haveAccount')} <a href={signInPath(next)}>{t('signIn')}</a>
      </p>
    </Card>
  )
}

/** A taken name or address belongs to its field. */
function takenText(problem: unknown, code: 'email_taken' | 'username_taken'): string | undefined {
  return problem instanceof ApiProblem && problem.code === code ? problemText(problem) : undefined
}

mount(Register)
