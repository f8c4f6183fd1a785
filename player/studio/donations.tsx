/** Donations as they come in, what has not been read, and the minimum for the overlay. */
import * as v from 'valibot'
import type { Notification } from '../../shared/contracts/accounts.ts'
import { ReceivedDonation, type StudioChannel } from '../../shared/contracts/studio.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { NotificationList } from '../account/notifications.tsx'
import { ReportProblem } from '../cases/report.tsx'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/studio.ts'
import { get } from '../lib/api.ts'
import { Failed, Notice } from '../ui/feedback.tsx'
import { MoreButton, type Paged, usePaged } from '../ui/paged.tsx'
import { Badge, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { DonateLink } from './donate-link.tsx'
import { useStudioEvents } from './events.ts'
import { RefundButton } from './refund.tsx'

const Donations = v.object({ donations: v.array(ReceivedDonation) })

interface DonationsTabProps {
  readonly channel: StudioChannel
  /** The owner's; null for an operator. */
  readonly notifications: Paged<Notification> | null
}

export function DonationsTab({ channel, notifications }: DonationsTabProps) {
  return (
    <div class="columns">
      <div class="stack">
        {channel.donationsEnabled ? (
          <Card>
            <DonateLink url={channel.donateUrl} />
          </Card>
        ) : (
          <Notice>{t('donationsOff')}</Notice>
        )}
        <RecentDonations slug={channel.slug} isOwner={notifications !== null} />
      </div>
      <div class="stack">
        <Minimum channel={channel} />
        {notifications && <Inbox paged={notifications} />}
      </div>
    </div>
  )
}

function RecentDonations({ slug, isOwner }: { slug: string; isOwner: boolean }) {
  const paged = usePaged(
    {
      load: async (before: string | undefined, signal) => {
        const path = `/api/studio/${slug}/donations${before === undefined ? '' : `?before=${before}`}`
        return (await get(path, Donations, signal)).donations
      },
      cursorOf: ({ id }: ReceivedDonation) => id,
    },
    [slug],
  )
  useStudioEvents((event) => {
    if (event.type === 'donation')
      paged.change((rows) => [event.donation, ...rows.filter(({ id }) => id !== event.donation.id)])
    // The event names the alert and not its donation.
    const isOver = event.type === 'alert_state' && event.state === 'done'
    const mayBeDecided = paged.state === 'ready' && paged.value.rows.some((each) => each.isAwaitingReview)
    const isDecided = event.type === 'alert_state' && mayBeDecided
    const isHeld = event.type === 'alert' && event.isHeld
    if (isOver || isDecided || isHeld || event.type === 'reconnected') void paged.reload()
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('recentEmptyTitle')}>{t('recentEmptyText')}</Empty>
  return (
    <Card title={t('recentTitle')}>
      <ul class="list" aria-live="polite">
        {rows.map((donation) => (
          <li key={donation.id} class="stack stack-tight">
            <div class="row row-between">
              <p class="row">
                <span class="strong break">{donation.senderName ?? shell('anonymous')}</span>
                <DonationBadge donation={donation} />
              </p>
              <Money amount={donation.amountRupiah} isSigned />
            </div>
            {donation.message !== null && donation.message !== '' && <p>{donation.message}</p>}
            <p class="small muted">
              <Time at={donation.createdAt} />
              {donation.feeRupiah > 0 &&
                ` · ${t('donationFee', { amount: formatRupiah(donation.feeRupiah) })}`}
            </p>
            {donation.heldUntil !== null && (
              <p class="small">
                {t('heldMoney')} <Time at={donation.heldUntil} />
              </p>
            )}
            {isOwner && <ReportProblem kind="donation" reference={donation.id} />}
            {isOwner && donation.refundableUntil !== null && (
              <RefundButton slug={slug} donation={donation} onRefunded={() => paged.reload()} />
            )}
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function DonationBadge({ donation }: { donation: ReceivedDonation }) {
  if (donation.refundedAt !== null) return <Badge tone="warn">{t('refunded')}</Badge>
  if (!donation.isAlert) return <Badge>{t('belowMinimum')}</Badge>
  if (donation.isAwaitingReview) return <Badge tone="danger">{t('awaitsReview')}</Badge>
  return donation.isDisplayed ? (
    <Badge tone="ok">{t('shown')}</Badge>
  ) : (
    <Badge tone="warn">{t('queued')}</Badge>
  )
}

function Inbox({ paged }: { paged: Paged<Notification> }) {
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  // All of them are for this channel: a member owns one, and it may have had another address by then.
  const unread = paged.value.rows.filter((row) => row.kind === 'donation_received' && row.readAt === null)
  return (
    <Card title={t('inboxTitle')} end={unread.length > 0 && <Badge tone="warn">{unread.length}</Badge>}>
      {unread.length === 0 ? (
        <p class="muted">{t('inboxEmpty')}</p>
      ) : (
        <NotificationList paged={paged} rows={unread} />
      )}
      <MoreButton paged={paged} />
    </Card>
  )
}

function Minimum({ channel }: Pick<DonationsTabProps, 'channel'>) {
  return (
    <Card title={t('minimumTitle')}>
      <p>{t('minimumNow', { amount: formatRupiah(channel.minimumAlertRupiah) })}</p>
      <p>
        <a class="touch-link" href="#look">
          {t('minimumChange')}
        </a>
      </p>
    </Card>
  )
}
