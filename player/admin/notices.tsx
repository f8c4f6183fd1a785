/** What every admin is told, until they say that they have read it. */
import type { AdminNotice } from '../../shared/contracts/admin.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/admin-notices.ts'
import { call } from '../lib/api.ts'
import { Notice, ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Time } from '../ui/parts.tsx'

interface AdminNoticesProps {
  readonly notices: readonly AdminNotice[]
  readonly onRead: () => Promise<void>
}

export function AdminNotices({ notices, onRead }: AdminNoticesProps) {
  const newest = notices.at(-1)
  const read = useAction(async () => {
    await call('POST', '/api/admin/me/notices/read', { body: { upTo: newest?.id } })
    await onRead()
  })
  if (!newest) return null
  return (
    <Notice>
      <ul class="list">
        {notices.map((notice) => (
          <li key={notice.id}>
            {textOf(notice)} <Time at={notice.createdAt} />
          </li>
        ))}
      </ul>
      <ProblemNotice problem={read.problem} />
      <div>
        <Button isSmall onClick={read.run} isBusy={read.isBusy}>
          {t('read')}
        </Button>
      </div>
    </Notice>
  )
}

function textOf(notice: AdminNotice) {
  if (notice.kind === 'refund_failed')
    return t('refund_failed', {
      amount: formatRupiah(notice.amountRupiah),
      reference: notice.reference,
    })
  const by = notice.by ?? t('server')
  if (notice.kind === 'admin_added') return t('admin_added', { by, name: notice.username })
  const { twoAdminsAboveRupiah: above, adminCoolDownHours: hours, holdsFrom } = notice
  return (
    <>
      {t('approval_rule_loosened', {
        by,
        above: above === null ? t('never') : formatRupiah(above),
        hours: hours ?? 0,
      })}{' '}
      {t('holdsFrom')} <Time at={holdsFrom} />.
    </>
  )
}
