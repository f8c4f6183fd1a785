import * as v from 'valibot'
import { Activity } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { activityText } from './activity-text.ts'

const Log = v.object({ activity: v.array(Activity) })

export function LogTab() {
  const { site } = useSession()
  const paged = usePaged({
    load: async (before: number | undefined, signal) => {
      const path = `/api/admin/activity${before === undefined ? '' : `?before=${before}`}`
      return (await get(path, Log, signal)).activity
    },
    cursorOf: ({ id }: Activity) => id,
  })
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
