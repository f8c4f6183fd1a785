/** Members and admins sign in by the same form, at different doors. */
import { useState } from 'preact/hooks'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ProblemNotice } from './feedback.tsx'
import { Field } from './field.tsx'
import { useAction } from './hooks.ts'
import { Button } from './parts.tsx'

interface SignInFormProps {
  readonly path: '/api/accounts/sign-in' | '/api/admin/sign-in'
  /** Where to go once signed in. */
  readonly next: string
  readonly labels: { readonly login: string; readonly password: string; readonly submit: string }
}

export function SignInForm({ path, next, labels }: SignInFormProps) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const { run, problem, isBusy } = useAction(async () => {
    await call('POST', path, { body: { login, password } })
    location.replace(next)
  })
  return (
    <form class="stack" onSubmit={run}>
      <Field
        label={labels.login}
        value={login}
        onInput={setLogin}
        type="text"
        autoComplete="username"
        isRequired
        error={fieldText(problem, 'login')}
      />
      <Field
        label={labels.password}
        value={password}
        onInput={setPassword}
        type="password"
        autoComplete="current-password"
        isRequired
        error={fieldText(problem, 'password')}
      />
      <ProblemNotice problem={problem} />
      <Button type="submit" tone="main" isWide isBusy={isBusy}>
        {labels.submit}
      </Button>
    </form>
  )
}
