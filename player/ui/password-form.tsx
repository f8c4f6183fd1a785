/** Changing one's own password: the same for members and admins. */
import { useState } from 'preact/hooks'
import { PASSWORD_MIN_CHARS } from '../../shared/contracts/fields.ts'
import { t } from '../i18n/password.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { fieldText, problemText } from '../lib/problem-text.ts'
import { ProblemNotice, toast } from './feedback.tsx'
import { Field } from './field.tsx'
import { useAction } from './hooks.ts'
import { Button, Card } from './parts.tsx'

interface PasswordCardProps {
  /** `/api/me/password` or `/api/admin/me/password` */
  readonly path: string
  /** For the browser's store of passwords, which saves the new one under it. */
  readonly username: string
}

export function PasswordCard({ path, username }: PasswordCardProps) {
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const { run, problem, isBusy } = useAction(async () => {
    await call('PUT', path, { body: { currentPassword, newPassword } })
    setCurrent('')
    setNew('')
    toast(t('changed'))
  })
  const isWrong = problem instanceof ApiProblem && problem.code === 'current_password_wrong'
  return (
    <Card title={t('title')}>
      <form class="stack" onSubmit={run}>
        <p class="small muted">{t('text')}</p>
        <input type="text" value={username} autoComplete="username" readOnly hidden />
        <Field
          label={t('current')}
          value={currentPassword}
          onInput={setCurrent}
          type="password"
          autoComplete="current-password"
          isRequired
          error={fieldText(problem, 'currentPassword') ?? (isWrong ? problemText(problem) : undefined)}
        />
        <Field
          label={t('next')}
          value={newPassword}
          onInput={setNew}
          type="password"
          autoComplete="new-password"
          isRequired
          hint={t('nextHint', { count: PASSWORD_MIN_CHARS })}
          error={fieldText(problem, 'newPassword')}
        />
        {!isWrong && <ProblemNotice problem={problem} />}
        <div>
          <Button type="submit" isBusy={isBusy}>
            {t('change')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
