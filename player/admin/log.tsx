import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { Activity, ACTIVITY_ACTIONS } from '../../shared/contracts/activity.ts'
import { t as actionText } from '../i18n/activity.ts'
import { t } from '../i18n/admin-log.ts'
import { get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { MoreButton, type Paged, usePaged } from '../ui/paged.tsx'
import { Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { activityText } from '../lib/activity-text.ts'

const Log = v.object({ activity: v.array(Activity) })

export function LogTab() {
  const [action, setAction] = useState('')
  const [member, setMember] = useState('')
  const filter = new URLSearchParams({
    ...(action && { action }),
    ...(member.trim() && { member: member.trim() }),
  })
  const paged = usePaged(
    {
      load: async (before: number | undefined, signal) => {
        const query = new URLSearchParams(filter)
        if (before !== undefined) query.set('before', String(before))
        return (await get(`/api/admin/activity?${query}`, Log, signal)).activity
      },
      cursorOf: ({ id }: Activity) => id,
    },
    [action, member],
  )
  return (
    <div class="stack">
      <Card>
        <div class="columns">
          <SelectField
            label={t('logAction')}
            value={action}
            options={[
              { value: '', label: t('logAll') },
              ...ACTIVITY_ACTIONS.map((value) => ({ value, label: actionText(value) })),
            ]}
            onChange={setAction}
          />
          <Field label={t('logMember')} value={member} onInput={setMember} type="search" maxLength={32} />
        </div>
        <p>
          <a class="touch-link" href={`/api/admin/activity.csv?${filter}`} download>
            {t('logExport')}
          </a>
        </p>
      </Card>
      <Lines paged={paged} />
    </div>
  )
}

function Lines({ paged }: { paged: Paged<Activity> }) {
  const { site } = useSession()
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('logEmptyTitle')}>{t('logEmptyText')}</Empty>
  return (
    <Card>
      <ul class="list">
        {rows.map((activity) => {
          const { title, details } = activityText(activity, site.timeZone)
          return (
            <li key={activity.id} class="log-line">
              <p class="small muted">
                <Time at={activity.createdAt} />
              </p>
              <div class="grow">
                <p>
                  <span class="strong">{title}</span> <span class="muted">{who(activity)}</span>
                </p>
                {details.length > 0 && (
                  <dl class="log-details small">
                    {details.map(({ label, value }) => (
                      <div key={label}>
                        <dt>{label}</dt> <dd>{value}</dd>
                      </div>
                    ))}
                  </dl>
                )}
              </div>
            </li>
          )
        })}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function who({ member, admin }: Activity): string {
  const names = [member, admin === null ? null : t('admin', { name: admin })].filter((name) => name !== null)
  return names.length === 0 ? t('system') : names.join(' · ')
}
