/** Members and admins sign in by the same form, at different doors. */
import { useState } from 'preact/hooks'
import { ApiProblem, call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from './action-form.tsx'
import { Field } from './field.tsx'
import { useAction } from './hooks.ts'
import { CurrentPasswordField } from './password-fields.tsx'

interface SignInFormProps {
  readonly path: '/api/accounts/sign-in' | '/api/admin/sign-in'
  /** Where to go once signed in. */
  readonly next: string
  readonly labels: { readonly login: string; readonly password: string; readonly submit: string }
  /** Of accounts that may have a second factor: asked for once the server says so. */
  readonly codeField?: { readonly label: string; readonly hint: string }
}

export function SignInForm({ path, next, labels, codeField }: SignInFormProps) {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string>()
  const signIn = useAction(async () => {
    try {
      await call('POST', path, { body: { login, password, ...(code !== undefined && { code }) } })
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'factor_required') throw error
      return setCode('')
    }
    location.replace(next)
  })
  return (
    <ActionForm action={signIn} label={labels.submit} button="wide">
      <Field
        label={labels.login}
        value={login}
        onInput={setLogin}
        type="text"
        autoComplete="username"
        isRequired
        error={fieldText(signIn.problem, 'login')}
      />
      <CurrentPasswordField
        label={labels.password}
        value={password}
        onInput={setPassword}
        problem={signIn.problem}
      />
      {codeField && code !== undefined && (
        <Field
          label={codeField.label}
          hint={codeField.hint}
          value={code}
          onInput={setCode}
          type="text"
          autoComplete="one-time-code"
          isRequired
          hasFocus
          maxLength={40}
          error={fieldText(signIn.problem, 'code')}
        />
      )}
    </ActionForm>
  )
}
