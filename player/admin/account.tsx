/** The admin's own account, and those of colleagues. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { type Admin, Colleague, NewAdmin as NewAdminAnswer } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/second-factor.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { DevicesCard } from '../ui/devices.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { PasswordCard } from '../ui/password-form.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { CopyField } from '../ui/secret.tsx'
import { SecondFactorCard } from './second-factor.tsx'

const Colleagues = v.object({ admins: v.array(Colleague) })

interface AccountTabProps {
  readonly admin: Admin
  readonly onChange: () => Promise<void>
}

export function AccountTab({ admin, onChange }: AccountTabProps) {
  const admins = useLoad(async (signal) => (await get('/api/admin/admins', Colleagues, signal)).admins)
  const changed = async (): Promise<void> => {
    await Promise.all([onChange(), admins.reload()])
  }
  return (
    <div class="columns">
      <div class="stack">
        <SecondFactorCard onChange={changed} />
        <PasswordCard path="/api/admin/me/password" username={admin.username} />
        <DevicesCard path="/api/admin/me/sessions" />
      </div>
      <div class="stack">
        <Card title={t('adminsTitle')}>
          {admins.state === 'loading' && <Spinner />}
          {admins.state === 'failed' && (
            <Failed problem={admins.problem} onRetry={() => void admins.reload()} />
          )}
          {admins.state === 'ready' && (
            <ul class="list">
              {admins.value.map((colleague) => (
                <li key={colleague.id}>
                  <ColleagueLine
                    colleague={colleague}
                    isOwn={colleague.id === admin.id}
                    onReset={admins.reload}
                  />
                </li>
              ))}
            </ul>
          )}
        </Card>
        <NewAdmin onAdded={admins.reload} />
      </div>
    </div>
  )
}

interface ColleagueLineProps {
  readonly colleague: Colleague
  readonly isOwn: boolean
  readonly onReset: () => Promise<void>
}

function ColleagueLine({ colleague, isOwn, onReset }: ColleagueLineProps) {
  const [isAsking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const { hasSecondFactor, username: name } = colleague
  return (
    <div class="row row-between">
      <span class="row">
        <span class="strong">{name}</span>
        {isOwn && <Badge>{t('you')}</Badge>}
        <Badge tone={hasSecondFactor ? 'ok' : 'warn'}>
          {t('title')}: {t(hasSecondFactor ? 'isOn' : 'isOff')}
        </Badge>
      </span>
      {hasSecondFactor && !isOwn && (
        <Button isSmall tone="danger" onClick={() => setAsking(true)} label={t('resetOf', { name })}>
          {t('reset')}
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={t('resetOf', { name })}
        confirmLabel={t('reset')}
        isDanger
        onConfirm={async () => {
          await call('DELETE', `/api/admin/admins/${colleague.id}/second-factor`, { body: { reason } })
          toast(t('turnedOff'))
          await onReset()
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('resetText', { name })}</p>
        <ReasonField label={t('resetReason')} value={reason} onInput={setReason} />
      </ConfirmDialog>
    </div>
  )
}

/** Two admins for large withdrawals need a second one. */
function NewAdmin({ onAdded }: { onAdded: () => Promise<void> }) {
  const [username, setUsername] = useState('')
  const [added, setAdded] = useState<NewAdminAnswer>()
  const add = useAction(async () => {
    setAdded(await call('POST', '/api/admin/admins', { body: { username }, schema: NewAdminAnswer }))
    setUsername('')
    await onAdded()
  })
  return (
    <Card title={t('addAdmin')}>
      <form class="stack" onSubmit={add.run}>
        <p class="small muted">{t('addAdminText')}</p>
        <Field
          label={t('adminUsername')}
          value={username}
          onInput={setUsername}
          isRequired
          maxLength={32}
          error={fieldText(add.problem, 'username')}
        />
        <ProblemNotice problem={add.problem} />
        {added && <CopyField label={t('adminPassword', { name: added.username })} text={added.password} />}
        <div>
          <Button type="submit" isBusy={add.isBusy}>
            {t('addAdmin')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
