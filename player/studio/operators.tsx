import { useState } from 'preact/hooks'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'

const USERNAME_MAX_CHARS = 32

interface OperatorsCardProps {
  readonly channel: StudioChannel
  readonly onChange: (channel: StudioChannel) => void
}

export function OperatorsCard({ channel, onChange }: OperatorsCardProps) {
  const { site } = useSession()
  const [username, setUsername] = useState('')
  const [leaving, setLeaving] = useState<string>()
  const path = `/api/studio/${channel.slug}/operators`

  const add = useAction(async () => {
    onChange(await call('POST', path, { body: { username }, schema: StudioChannel }))
    setUsername('')
    toast(t('operatorAdded'))
  })
  const remove = async (): Promise<void> => {
    if (leaving === undefined) return
    onChange(await call('DELETE', `${path}/${encodeURIComponent(leaving)}`, { schema: StudioChannel }))
  }
  const wrongName = fieldText(add.problem, 'username')
  return (
    <Card title={t('operatorsTitle')}>
      <p class="small muted">{t(site.donationsEnabled ? 'operatorsText' : 'operatorsTextNoMoney')}</p>
      {channel.operators.length === 0 ? (
        <p>{t('operatorsEmpty')}</p>
      ) : (
        <ul class="list">
          {channel.operators.map((operator) => (
            <li key={operator.username} class="row row-between">
              <div class="grow">
                <p class="strong">{operator.username}</p>
                <p class="small muted">
                  {t('operatorSince', { time: formatInstant(operator.addedAt, site.timeZone, 'date') })}
                </p>
              </div>
              <Button
                isSmall
                tone="danger"
                onClick={() => setLeaving(operator.username)}
                label={`${t('operatorRemove')}: ${operator.username}`}
              >
                {t('operatorRemove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form class="stack stack-tight" onSubmit={add.run}>
        <Field
          label={t('operatorName')}
          value={username}
          onInput={setUsername}
          type="text"
          autoComplete="off"
          isRequired
          maxLength={USERNAME_MAX_CHARS}
          error={wrongName === undefined ? undefined : t('operatorUnknown')}
        />
        {wrongName === undefined && <ProblemNotice problem={add.problem} />}
        <div>
          <Button type="submit" isBusy={add.isBusy}>
            {t('operatorAdd')}
          </Button>
        </div>
      </form>
      <ConfirmDialog
        isOpen={leaving !== undefined}
        title={t('operatorRemoveTitle', { name: leaving ?? '' })}
        confirmLabel={t('operatorRemove')}
        isDanger
        onConfirm={remove}
        onClose={() => setLeaving(undefined)}
      >
        <p>{t('operatorRemoveText')}</p>
      </ConfirmDialog>
    </Card>
  )
}
