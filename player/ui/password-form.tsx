/** Changing one's own password: the same for members and admins. */
import { useState } from 'preact/hooks'
import { t } from '../i18n/password.ts'
import { call } from '../lib/api.ts'
import { ActionForm } from './action-form.tsx'
import { toast } from './feedback.tsx'
import { useAction } from './hooks.ts'
import { Card } from './parts.tsx'
import { CurrentPasswordField, isWrongPassword, NewPasswordField } from './password-fields.tsx'

interface PasswordCardProps {
  /** `/api/me/password` or `/api/admin/me/password` */
  readonly path: string
  /** For the browser's store of passwords, which saves the new one under it. */
  readonly username: string
}

export function PasswordCard({ path, username }: PasswordCardProps) {
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const change = useAction(async () => {
    await call('PUT', path, { body: { currentPassword, newPassword } })
    setCurrent('')
    setNew('')
    toast(t('changed'))
  })
  const { problem } = change
  return (
    <Card title={t('title')}>
      <ActionForm action={change} label={t('change')} hidesProblem={isWrongPassword(problem)}>
        <p class="small muted">{t('text')}</p>
        <input type="text" value={username} autoComplete="username" readOnly hidden />
        <CurrentPasswordField
          name="currentPassword"
          value={currentPassword}
          onInput={setCurrent}
          problem={problem}
        />
        <NewPasswordField name="newPassword" value={newPassword} onInput={setNew} problem={problem} />
      </ActionForm>
    </Card>
  )
}
