/** How much money of others the platform holds, and when that is too much to go on without a look. */
import type { Admin } from '../../shared/contracts/admin.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/payments.ts'
import { Notice } from '../ui/feedback.tsx'
import { Card } from '../ui/parts.tsx'

type Totals = Pick<Admin, 'totalHeldRupiah' | 'totalHeldAlarmRupiah'>

function textsOf({ totalHeldRupiah, totalHeldAlarmRupiah }: Totals) {
  return { total: formatRupiah(totalHeldRupiah), alarm: formatRupiah(totalHeldAlarmRupiah ?? 0) }
}

/** Over every tab, so that no admin misses it. */
export function TotalHeldAlarm({ totals }: { totals: Totals }) {
  const { totalHeldRupiah, totalHeldAlarmRupiah } = totals
  if (totalHeldAlarmRupiah === null || totalHeldRupiah < totalHeldAlarmRupiah) return null
  return (
    <Notice tone="danger">
      <p>{t('heldHigh', textsOf(totals))}</p>
    </Notice>
  )
}

export function TotalHeldCard({ totals }: { totals: Totals }) {
  const { totalHeldRupiah, totalHeldAlarmRupiah: alarm } = totals
  return (
    <Card title={t('heldTitle')}>
      {alarm !== null && (
        <meter
          class="held-meter"
          min={0}
          max={alarm}
          high={alarm * 0.8}
          value={totalHeldRupiah}
          aria-label={t('heldTitle')}
        />
      )}
      <p>{t(alarm === null ? 'heldTextNoAlarm' : 'heldText', textsOf(totals))}</p>
    </Card>
  )
}
