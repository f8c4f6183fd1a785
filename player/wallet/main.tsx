import * as v from 'valibot'
import { SentDonation, Wallet, type WalletEntry } from '../../shared/contracts/accounts.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/wallet.ts'
import { get } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { mount } from '../ui/mount.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Page } from '../ui/page.tsx'
import { Badge, Button, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { Tabs } from '../ui/tabs.tsx'
import './wallet.css'

const SentDonations = v.object({ donations: v.array(SentDonation) })

function WalletPage() {
  const { member } = useSession()
  if (!member) {
    location.replace(signInPath(location.pathname + location.search))
    return <Spinner />
  }
  return (
    <Page title={t('title')}>
      <div class="stack">
        <h1 class="visually-hidden">{t('title')}</h1>
        <div class="columns">
          <div class="balance">
            <p>{t('balance')}</p>
            <p class="balance-amount amount">{formatRupiah(member.balanceRupiah)}</p>
          </div>
          <Card title={t('topUpTitle')}>
            <p class="small muted">{t('topUpText', { username: member.username })}</p>
          </Card>
        </div>
        <Tabs
          label={t('title')}
          tabs={[
            { id: 'history', label: t('historyTitle'), content: () => <History /> },
            { id: 'sent', label: t('sentTitle'), content: () => <Sent /> },
          ]}
        />
      </div>
    </Page>
  )
}

function History() {
  const paged = usePaged({
    load: async (before: number | undefined, signal) =>
      (await get(`/api/me/wallet${query(before)}`, Wallet, signal)).entries,
    cursorOf: ({ seq }: WalletEntry) => seq,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('emptyTitle')}>{t('emptyText')}</Empty>
  return (
    <Card>
      <ul class="list">
        {rows.map((entry) => (
          <li key={entry.seq} class="entry">
            <div class="grow">
              <p class="strong">{entry.description ?? shell('anonymous')}</p>
              <p class="small muted">
                {t(entry.kind)} · <Time at={entry.createdAt} />
              </p>
            </div>
            <div class="entry-end">
              <Money amount={entry.amountRupiah} isSigned />
              <p class="small muted">
                {t('balanceAfter', { amount: formatRupiah(entry.balanceAfterRupiah) })}
              </p>
            </div>
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function Sent() {
  const paged = usePaged({
    load: async (before: string | undefined, signal) =>
      (await get(`/api/me/donations${query(before)}`, SentDonations, signal)).donations,
    cursorOf: ({ id }: SentDonation) => id,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0)
    return (
      <Empty
        title={t('sentEmptyTitle')}
        action={
          <Button tone="main" href="/">
            {t('findChannel')}
          </Button>
        }
      >
        {t('sentEmptyText')}
      </Empty>
    )
  return (
    <Card>
      <ul class="list">
        {rows.map((donation) => (
          <li key={donation.id} class="entry">
            <div class="stack stack-tight grow">
              <p class="row">
                <a class="strong" href={`/c/${donation.channel.slug}`}>
                  {donation.channel.title}
                </a>
                {donation.isAnonymous && <Badge>{t('anonymous')}</Badge>}
              </p>
              {donation.message !== null && <p>{donation.message}</p>}
              <p class="small muted">
                <Time at={donation.createdAt} />
              </p>
            </div>
            <Money amount={donation.amountRupiah} />
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function query(before: string | number | undefined): string {
  return before === undefined ? '' : `?before=${before}`
}

mount(WalletPage)
