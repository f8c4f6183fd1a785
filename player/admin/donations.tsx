import * as v from 'valibot'
import { AdminDonation } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { t as heldText } from '../i18n/held-donations.ts'
import { get } from '../lib/api.ts'
import { Failed } from '../ui/feedback.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { DonationRefund } from './donation-refund.tsx'
import { HeldDonations } from './held-donations.tsx'

const Donations = v.object({ donations: v.array(AdminDonation) })

export function DonationsTab() {
  return (
    <div class="stack">
      <HeldDonations />
      <AllDonations />
    </div>
  )
}

function AllDonations() {
  const paged = usePaged({
    load: async (before: string | undefined, signal) => {
      const path = `/api/admin/donations${before === undefined ? '' : `?before=${before}`}`
      return (await get(path, Donations, signal)).donations
    },
    cursorOf: ({ id }: AdminDonation) => id,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('donationsEmptyTitle')}>{t('donationsEmptyText')}</Empty>
  return (
    <Card>
      <p class="small muted">{t('anonymousNote')}</p>
      <Table
        caption={t('tabDonations')}
        rows={rows}
        rowKey={({ id }) => id}
        columns={[
          { label: t('time'), cell: ({ createdAt }) => <Time at={createdAt} /> },
          { label: t('from'), cell: donor },
          { label: t('to'), cell: ({ to }) => <a href={`/c/${to.slug}`}>{to.title}</a> },
          { label: t('message'), cell: ({ message }) => message ?? '–' },
          { label: t('amount'), cell: ({ amountRupiah }) => <Money amount={amountRupiah} />, isEnd: true },
          {
            label: heldText('refund'),
            cell: (donation) => <DonationRefund donation={donation} onRefunded={() => paged.reload()} />,
          },
        ]}
      />
      <MoreButton paged={paged} />
    </Card>
  )
}

function donor({ from, senderName, isAnonymous }: AdminDonation) {
  return (
    <>
      <span class="strong">{from.username}</span> {isAnonymous && <Badge tone="warn">{t('anonymous')}</Badge>}
      {!isAnonymous && senderName !== null && senderName !== from.username && (
        <span class="small muted break">{t('shownAs', { name: senderName })}</span>
      )}
    </>
  )
}
