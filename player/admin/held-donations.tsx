/** Large first donations that are held: let go early, or given back. Nothing where none is. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminHeldDonation } from '../../shared/contracts/donations.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/held-donations.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Button, Card, Money, Time } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

const Held = v.object({ donations: v.array(AdminHeldDonation) })
type Decision = 'release' | 'refund'
const DONE = { release: 'released', refund: 'refunded' } as const

export function HeldDonations() {
  const paged = usePaged({
    load: async (before: string | undefined, signal) => {
      const path = `/api/admin/held-donations${before === undefined ? '' : `?before=${before}`}`
      return (await get(path, Held, signal)).donations
    },
    cursorOf: ({ id }: AdminHeldDonation) => id,
  })
  const [deciding, setDeciding] = useState<{ donation: AdminHeldDonation; decision: Decision }>()
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  if (paged.state !== 'ready' || paged.value.rows.length === 0) return null
  return (
    <Card title={t('title')}>
      <p class="small muted">{t('text')}</p>
      <ul class="list">
        {paged.value.rows.map((donation) => (
          <li key={donation.id} class="stack stack-tight">
            <div class="row row-between">
              <p>
                <span class="strong">{donation.from.username}</span> →{' '}
                <a href={`/c/${donation.to.slug}`}>{donation.to.title}</a>
              </p>
              <Money amount={donation.amountRupiah} />
            </div>
            <p class="small muted">
              <Time at={donation.createdAt} /> · {t('until')} <Time at={donation.releaseAt} />
            </p>
            <div class="row">
              <Button
                isSmall
                onClick={() => setDeciding({ donation, decision: 'release' })}
                label={t('releaseOf', namesOf(donation))}
              >
                {t('release')}
              </Button>
              <Button
                isSmall
                tone="danger"
                onClick={() => setDeciding({ donation, decision: 'refund' })}
                label={t('refundOf', namesOf(donation))}
              >
                {t('refund')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
      {deciding && (
        <DecisionDialog
          {...deciding}
          onClose={() => setDeciding(undefined)}
          onDecided={() => paged.reload()}
        />
      )}
    </Card>
  )
}

interface DecisionDialogProps {
  readonly donation: AdminHeldDonation
  readonly decision: Decision
  readonly onClose: () => void
  readonly onDecided: () => Promise<void>
}

function DecisionDialog({ donation, decision, onClose, onDecided }: DecisionDialogProps) {
  const [reason, setReason] = useState('')
  return (
    <ConfirmDialog
      isOpen
      title={t(`${decision}Of`, namesOf(donation))}
      confirmLabel={t(decision)}
      isDanger={decision === 'refund'}
      onConfirm={async () => {
        await call('POST', `/api/admin/held-donations/${donation.id}/${decision}`, { body: { reason } })
        toast(t(DONE[decision]))
        await onDecided()
      }}
      onClose={onClose}
    >
      <p>{t(`${decision}Text`)}</p>
      <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
    </ConfirmDialog>
  )
}

function namesOf({ amountRupiah, from }: AdminHeldDonation): { amount: string; name: string } {
  return { amount: formatRupiah(amountRupiah), name: from.username }
}
