/** Large first donations: whose they are already, and when they come to the balance. Nothing for almost everybody. */
import * as v from 'valibot'
import { HeldDonation } from '../../shared/contracts/donations.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/wallet.ts'
import { get } from '../lib/api.ts'
import { useLoad } from '../ui/hooks.ts'
import { Card, Money, Time } from '../ui/parts.tsx'

const Held = v.object({ donations: v.array(HeldDonation) })

export function HeldDonations() {
  const held = useLoad((signal) => get('/api/me/held-donations', Held, signal))
  if (held.state !== 'ready' || held.value.donations.length === 0) return null
  return (
    <Card title={t('heldTitle')}>
      <p class="small muted">{t('heldText')}</p>
      <ul class="list">
        {held.value.donations.map(({ id, amountRupiah, senderName, releaseAt }) => (
          <li key={id} class="entry">
            <div class="grow">
              <p class="strong break">{senderName ?? shell('anonymous')}</p>
              <p class="small muted">
                {releaseAt <= Date.now() ? (
                  t('heldLate')
                ) : (
                  <>
                    {t('heldUntil')} <Time at={releaseAt} />
                  </>
                )}
              </p>
            </div>
            <Money amount={amountRupiah} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
