/** The member's name, log, copy of the data, and the way out. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import type { Member } from '../../shared/contracts/accounts.ts'
import { OwnActivity } from '../../shared/contracts/own-account.ts'
import { t } from '../i18n/own-account.ts'
import { t as shell } from '../i18n/shell.ts'
import { activityText } from '../lib/activity-text.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Button, Card, Spinner, Time } from '../ui/parts.tsx'
import { CurrentPasswordField, isWrongPassword } from '../ui/password-fields.tsx'

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

/** The rest is one press away: the page goes on below. */
const FIRST_LINES = 8

export function ActivityCard() {
  const { site } = useSession()
  const [isWhole, setWhole] = useState(false)
  const paged = usePaged({
    load: async (before: number | undefined, signal) => {
      const path = `/api/me/activity${before === undefined ? '' : `?before=${before}`}`
      return (await get(path, Activities, signal)).activity
    },
    cursorOf: ({ id }: OwnActivity) => id,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  return (
    <Card title={t('activityTitle')}>
      <ul class="list">
        {(isWhole ? rows : rows.slice(0, FIRST_LINES)).map((line) => {
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
      {isWhole || rows.length <= FIRST_LINES ? (
        <MoreButton paged={paged} />
      ) : (
        <div class="center">
          <Button tone="plain" onClick={() => setWhole(true)}>
            {shell('more')}
          </Button>
        </div>
      )}
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
