import { useEffect, useRef, useState } from 'preact/hooks'
import * as v from 'valibot'
import { SentDonation, Wallet, type WalletEntry } from '../../shared/contracts/accounts.ts'
import { type Deposit, DepositList } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { ReportProblem } from '../cases/report.tsx'
import { KeepReceipt } from '../donate/keep-receipt.tsx'
import { useWaiting, type Waiting, WaitingDonations } from '../donate/waiting.tsx'
import { t as deposits } from '../i18n/deposits.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/wallet.ts'
import { t as withdrawals } from '../i18n/withdrawals.ts'
import { call, get } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Page } from '../ui/page.tsx'
import { Badge, Button, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { Tabs } from '../ui/tabs.tsx'
import { Deposits } from './deposits.tsx'
import { HeldDonations } from './held-donations.tsx'
import { TopUp } from './top-up.tsx'
import { WithdrawTab } from './withdraw.tsx'
import './wallet.css'

const SentDonations = v.object({ donations: v.array(SentDonation) })

/** An admin approves by hand, so this is often enough to see it happen. */
const POLL_MS = 10_000

function WalletPage() {
  const { member, refresh } = useSession()
  const money = useLoad((signal) => get('/api/me/deposits', DepositList, signal))
  const [moves, setMoves] = useState(0)
  const moved = async (): Promise<void> => {
    setMoves((before) => before + 1)
    await refresh()
  }
  const waiting = useWaiting(() => void moved())
  usePolling(async (signal) => {
    if (money.state !== 'ready' || !money.value.deposits.some(({ state }) => state === 'open')) return
    const now = await get('/api/me/deposits', DepositList, signal)
    if (signal.aborted) return
    const isDecided = now.deposits.some(
      ({ id, state }) => state !== money.value.deposits.find((before) => before.id === id)?.state,
    )
    money.setValue(now)
    if (isDecided) await moved()
  }, POLL_MS)
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
          {money.state === 'ready' && (
            <TopUp
              list={money.value}
              onAsked={(deposit) => money.setValue(withDeposit(money.value, deposit))}
            />
          )}
        </div>
        {money.state === 'failed' && <Failed problem={money.problem} onRetry={() => void money.reload()} />}
        <Debt />
        <HeldDonations />
        <WaitingDonations waiting={waiting} />
        {money.state === 'ready' && (
          <Deposits
            deposits={money.value.deposits.filter(
              ({ id, state }) => state !== 'open' || !depositsOf(waiting).has(id),
            )}
            onChange={(deposit) => money.setValue(withDeposit(money.value, deposit))}
          />
        )}
        <Tabs
          label={t('title')}
          tabs={[
            { id: 'history', label: t('historyTitle'), content: () => <History moves={moves} /> },
            { id: 'sent', label: t('sentTitle'), content: () => <Sent moves={moves} /> },
            { id: 'withdraw', label: withdrawals('tab'), content: () => <WithdrawTab /> },
          ]}
        />
      </div>
    </Page>
  )
}

/** Shown with the donation that waits for them. */
function depositsOf(waiting: Waiting): ReadonlySet<string> {
  const list = waiting.state === 'ready' ? waiting.value : []
  return new Set(list.filter(({ state }) => state === 'waiting').map(({ deposit }) => deposit.id))
}

function withDeposit(list: DepositList, deposit: Deposit): DepositList {
  const others = list.deposits.filter(({ id }) => id !== deposit.id)
  return { ...list, deposits: [...others, deposit].toSorted((a, b) => (a.id < b.id ? 1 : -1)) }
}

const Repaid = v.object({ repaidRupiah: v.number() })

/** What a reversal took and the balance could not cover. Nothing for almost everybody. */
function Debt() {
  const { refresh } = useSession()
  const wallet = useLoad((signal) => get('/api/me/wallet', Wallet, signal))
  const repay = useAction(async () => {
    const { repaidRupiah } = await call('POST', '/api/me/debt/repay', { schema: Repaid })
    toast(deposits('repaid', { amount: formatRupiah(repaidRupiah) }))
    await Promise.all([wallet.reload(), refresh()])
  })
  if (wallet.state !== 'ready' || wallet.value.debtRupiah === 0) return null
  const { balanceRupiah, debtRupiah } = wallet.value
  return (
    <Notice tone="danger">
      <p>{deposits('debt', { amount: formatRupiah(debtRupiah) })}</p>
      <ProblemNotice problem={repay.problem} />
      {balanceRupiah > 0 && (
        <Button isSmall onClick={() => repay.run()} isBusy={repay.isBusy}>
          {deposits('repay')}
        </Button>
      )}
    </Notice>
  )
}

/**
 * Reads a list again when money moved while it is shown: when the balance changes, whoever noticed it, and with
 * `moves`, as a top-up that a donation spends at once leaves the balance as it was.
 */
function useFollowMoney(reload: () => Promise<void>, moves: number): void {
  const { member } = useSession()
  const state = `${moves}/${member?.balanceRupiah}`
  const shown = useRef(state)
  useEffect(() => {
    if (shown.current === state) return
    shown.current = state
    void reload()
  }, [state])
}

function History({ moves }: { moves: number }) {
  const paged = usePaged({
    load: async (before: number | undefined, signal) =>
      (await get(`/api/me/wallet${query(before)}`, Wallet, signal)).entries,
    cursorOf: ({ seq }: WalletEntry) => seq,
  })
  useFollowMoney(paged.reload, moves)
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('emptyTitle')}>{t('emptyText')}</Empty>
  return (
    <Card>
      <p>
        <a href="/statements">{t('statements')}</a> · <a href="/cases">{t('cases')}</a>
      </p>
      <ul class="list">
        {rows.map((entry) => (
          <li key={entry.seq} class="entry">
            <div class="grow">
              <p class="strong break">
                {entry.description === null ? shell('anonymous') : entry.description || t(entry.kind)}
              </p>
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
            <div class="entry-foot">
              <ReportProblem kind="transfer" reference={entry.transferId} />
            </div>
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function Sent({ moves }: { moves: number }) {
  const paged = usePaged({
    load: async (before: string | undefined, signal) =>
      (await get(`/api/me/donations${query(before)}`, SentDonations, signal)).donations,
    cursorOf: ({ id }: SentDonation) => id,
  })
  useFollowMoney(paged.reload, moves)
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
                {donation.refundedAt !== null && <Badge tone="warn">{t('refunded')}</Badge>}
              </p>
              {donation.message !== null && <p>{donation.message}</p>}
              <p class="small muted">
                <Time at={donation.createdAt} />
              </p>
            </div>
            <Money amount={donation.amountRupiah} />
            <div class="entry-foot stack stack-tight">
              <ReportProblem kind="donation" reference={donation.id} />
              <div>
                <KeepReceipt donationId={donation.id} isSmall />
              </div>
            </div>
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
