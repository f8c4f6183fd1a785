/** The member's name, devices, log, copy of the data, and the way out. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import type { Member } from '../../shared/contracts/accounts.ts'
import { DeviceSession, OwnActivity } from '../../shared/contracts/own-account.ts'
import { t } from '../i18n/own-account.ts'
import { activityText } from '../lib/activity-text.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Spinner, Time } from '../ui/parts.tsx'
import { CurrentPasswordField, isWrongPassword } from '../ui/password-fields.tsx'

const Sessions = v.object({ sessions: v.array(DeviceSession) })
const Activities = v.object({ activity: v.array(OwnActivity) })
const USERNAME_MAX_CHARS = 32

export function UsernameCard({ member }: { member: Member }) {
  const { refresh } = useSession()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const change = useAction(async () => {
    await call('PUT', '/api/me/username', { body: { username, password } })
    setUsername('')
    setPassword('')
    toast(t('renamed'))
    await refresh()
  })
  const { problem } = change
  return (
    <Card title={t('renameTitle')}>
      <p class="small muted">{t('renameText', { name: member.username })}</p>
      <ActionForm action={change} label={t('rename')} hidesProblem={isWrongPassword(problem)}>
        <Field
          label={t('username')}
          value={username}
          onInput={(value) => setUsername(value.toLowerCase())}
          isRequired
          maxLength={USERNAME_MAX_CHARS}
          error={fieldText(problem, 'username')}
        />
        <CurrentPasswordField value={password} onInput={setPassword} problem={problem} />
      </ActionForm>
    </Card>
  )
}

export function DevicesCard() {
  const sessions = useLoad(async (signal) => (await get('/api/me/sessions', Sessions, signal)).sessions)
  const end = useAction(async () => {
    await call('DELETE', '/api/me/sessions')
    await sessions.reload()
  })
  if (sessions.state === 'loading') return <Spinner />
  if (sessions.state === 'failed')
    return <Failed problem={sessions.problem} onRetry={() => void sessions.reload()} />
  return (
    <Card title={t('devicesTitle')}>
      <ul class="list">
        {sessions.value.map((session) => (
          <li key={session.id}>
            <DeviceLine session={session} onEnded={sessions.reload} />
          </li>
        ))}
      </ul>
      <ProblemNotice problem={end.problem} />
      {sessions.value.length > 1 && (
        <div>
          <Button isSmall tone="danger" onClick={() => end.run()} isBusy={end.isBusy}>
            {t('endOthers')}
          </Button>
        </div>
      )}
    </Card>
  )
}

function DeviceLine({ session, onEnded }: { session: DeviceSession; onEnded: () => Promise<void> }) {
  const device = session.device === '' ? t('unknownDevice') : session.device
  const end = useAction(async () => {
    await call('DELETE', `/api/me/sessions/${session.id}`)
    await onEnded()
  })
  return (
    <div class="row row-between">
      <div class="grow">
        <p class="row">
          <span class="strong">{device}</span>
          {session.isThis && <Badge tone="ok">{t('thisDevice')}</Badge>}
        </p>
        <p class="small muted">
          {t('signedIn')} <Time at={session.signedInAt} />
        </p>
        <ProblemNotice problem={end.problem} />
      </div>
      {!session.isThis && (
        <Button
          isSmall
          tone="plain"
          onClick={() => end.run()}
          isBusy={end.isBusy}
          label={t('endOf', { device })}
        >
          {t('end')}
        </Button>
      )}
    </div>
  )
}

export function ActivityCard() {
  const { site } = useSession()
  const paged = usePaged({
    load: async (before: number | undefined, signal) => {
      const path = `/api/me/activity${before === undefined ? '' : `?before=${before}`}`
      return (await get(path, Activities, signal)).activity
    },
    cursorOf: ({ id }: OwnActivity) => id,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  return (
    <Card title={t('activityTitle')}>
      <ul class="list">
        {paged.value.rows.map((line) => {
          const { title, details } = activityText(line, site.timeZone)
          return (
            <li key={line.id}>
              <p>{title}</p>
              <p class="small muted">
                <Time at={line.createdAt} />
                {details.map(({ label, value }) => ` · ${label}: ${value}`)}
              </p>
            </li>
          )
        })}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

/** A copy to take along, and the end of the account. */
export function DataCard() {
  const [isClosing, setClosing] = useState(false)
  const [password, setPassword] = useState('')
  const close = async (): Promise<void> => {
    await call('POST', '/api/me/closing', { body: { password } })
    location.assign('/')
  }
  return (
    <Card title={t('dataTitle')}>
      <p class="small muted">{t('exportText')}</p>
      <div class="row">
        <a class="button button-soft button-small" href="/api/me/export" download>
          {t('export')}
        </a>
        <Button isSmall tone="danger" onClick={() => setClosing(true)}>
          {t('close')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isClosing}
        title={t('closeTitle')}
        confirmLabel={t('close')}
        isDanger
        onConfirm={close}
        onClose={() => {
          setClosing(false)
          setPassword('')
        }}
      >
        <p>{t('closeText')}</p>
        <p>{t('closeKept')}</p>
        <CurrentPasswordField value={password} onInput={setPassword} />
      </ConfirmDialog>
    </Card>
  )
}
