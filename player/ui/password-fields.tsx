/** The two kinds of password that are typed, with what browsers and people need to know of each. */
import { PASSWORD_MIN_CHARS } from '../../shared/contracts/fields.ts'
import { t } from '../i18n/password.ts'
import { ApiProblem } from '../lib/api.ts'
import { fieldText, problemText } from '../lib/problem-text.ts'
import { Field } from './field.tsx'

interface PasswordFieldProps {
  /** In the request. */
  readonly name?: string
  readonly label?: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly problem?: unknown
}

export function NewPasswordField({ name = 'password', label = t('next'), ...rest }: PasswordFieldProps) {
  return (
    <Field
      label={label}
      value={rest.value}
      onInput={rest.onInput}
      type="password"
      autoComplete="new-password"
      isRequired
      hint={t('nextHint', { count: PASSWORD_MIN_CHARS })}
      error={fieldText(rest.problem, name)}
    />
  )
}

export function CurrentPasswordField({
  name = 'password',
  label = t('current'),
  ...rest
}: PasswordFieldProps) {
  return (
    <Field
      label={label}
      value={rest.value}
      onInput={rest.onInput}
      type="password"
      autoComplete="current-password"
      isRequired
      error={fieldText(rest.problem, name) ?? wrongPasswordText(rest.problem)}
    />
  )
}

/** A wrong password belongs to its field. */
export function isWrongPassword(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.code === 'current_password_wrong'
}

function wrongPasswordText(problem: unknown): string | undefined {
  return isWrongPassword(problem) ? problemText(problem) : undefined
}
