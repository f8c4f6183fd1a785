/** What an admin does after the set-up, shown while there is no member yet. */
import * as v from 'valibot'
import { AdminMember } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { get } from '../lib/api.ts'
import { useLoad } from '../ui/hooks.ts'
import { Card, Empty, Spinner } from '../ui/parts.tsx'

const Members = v.object({ members: v.array(AdminMember) })

/** In place of an empty list of requests. */
export function NoRequests() {
  const members = useLoad(async (signal) => (await get('/api/admin/members', Members, signal)).members)
  if (members.state === 'loading') return <Spinner />
  if (members.state === 'failed' || members.value.length > 0)
    return <Empty title={t('requestsEmptyTitle')}>{t('requestsEmptyText')}</Empty>
  return (
    <Card title={t('nextTitle')}>
      <p>{t('nextText')}</p>
      <ol class="admin-steps">
        <li>
          {t('next1')}{' '}
          <a href="/register?next=/account" target="_blank" rel="noopener">
            {t('nextRegister')}
          </a>
        </li>
        <li>{t('next2')}</li>
        <li>{t('next3')}</li>
      </ol>
    </Card>
  )
}
