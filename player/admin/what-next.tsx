/** What an admin does after the set-up, in place of an empty list of requests until it is done. */
import * as v from 'valibot'
import { AdminMember } from '../../shared/contracts/admin.ts'
import { ReceivingAccount } from '../../shared/contracts/payments.ts'
import { t } from '../i18n/what-next.ts'
import { get } from '../lib/api.ts'
import { useSession } from '../ui/context.ts'
import { useLoad } from '../ui/hooks.ts'
import { Card, Empty, Spinner } from '../ui/parts.tsx'

const Members = v.object({ members: v.array(AdminMember) })
const Accounts = v.object({ accounts: v.array(ReceivingAccount) })

export function NoRequests() {
  const { site } = useSession()
  const { donationsEnabled } = site
  const done = useLoad(async (signal) => {
    const [{ members }, { accounts }] = await Promise.all([
      get('/api/admin/members', Members, signal),
      donationsEnabled ? get('/api/admin/receiving-accounts', Accounts, signal) : { accounts: [] },
    ])
    return {
      hasMember: members.length > 0,
      canReceive: !donationsEnabled || accounts.some(({ isOpen }) => isOpen),
    }
  })
  if (done.state === 'loading') return <Spinner />
  if (done.state === 'failed' || (done.value.hasMember && done.value.canReceive))
    return <Empty title={t('emptyTitle')}>{t('emptyText')}</Empty>
  const { hasMember, canReceive } = done.value
  return (
    <Card title={t('title')}>
      {!hasMember && <p>{t('text')}</p>}
      <ol class="admin-steps">
        {!canReceive && (
          <li>
            {t('bank')} <a href="#bank">{t('toBank')}</a>
          </li>
        )}
        {!hasMember && (
          <>
            <li>
              {t('register')}{' '}
              <a href="/register?next=/account" target="_blank" rel="noopener">
                {t('toRegister')}
              </a>
            </li>
            <li>{t(donationsEnabled ? 'ask' : 'askNoMoney')}</li>
            <li>{t('grant')}</li>
          </>
        )}
      </ol>
    </Card>
  )
}
