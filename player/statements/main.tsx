/** `/statements#2026-01`: what a month did to one's money, to be read, printed or opened in a spreadsheet. */
import { useEffect, useState } from 'preact/hooks'
import { type MonthDay, MonthList, MonthlyStatement } from '../../shared/contracts/monthly.ts'
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/statements.ts'
import { get } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { formatDay, formatMonth } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty, Money, Spinner } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import './statements.css'

function StatementsPage() {
  const { member } = useSession()
  const months = useLoad(async (signal) => (await get('/api/me/statements', MonthList, signal)).months)
  const [chosen, setChosen] = useState(location.hash.slice(1))
  useEffect(() => {
    const follow = (): void => setChosen(location.hash.slice(1))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  if (!member) {
    location.replace(signInPath(location.pathname + location.hash))
    return <Spinner />
  }
  return (
    <Page title={t('title')}>
      {months.state === 'loading' && <Spinner />}
      {months.state === 'failed' && <Failed problem={months.problem} onRetry={() => void months.reload()} />}
      {months.state === 'ready' && <Months months={months.value} chosen={chosen} />}
    </Page>
  )
}

function Months({ months, chosen }: { months: readonly string[]; chosen: string }) {
  const month = months.includes(chosen) ? chosen : months[0]
  if (month === undefined)
    return (
      <Empty isWholePage title={t('emptyTitle')} action={<Button href="/wallet">{t('wallet')}</Button>}>
        {t('emptyText')}
      </Empty>
    )
  return (
    <div class="stack">
      <h1 class="not-printed">{t('title')}</h1>
      <div class="not-printed">
        <SelectField
          label={t('month')}
          value={month}
          options={months.map((value) => ({ value, label: formatMonth(value) }))}
          onChange={(value) => location.replace(`#${value}`)}
        />
      </div>
      <Statement key={month} month={month} />
    </div>
  )
}

function Statement({ month }: { month: string }) {
  const { site } = useSession()
  const path = `/api/me/statements/${month}`
  const loaded = useLoad((signal) => get(path, MonthlyStatement, signal))
  if (loaded.state === 'loading') return <Spinner />
  if (loaded.state === 'failed')
    return <Failed problem={loaded.problem} onRetry={() => void loaded.reload()} />
  const statement = loaded.value
  const name = statement.member.username
  return (
    <>
      <Card title={t('of', { month: formatMonth(month), name })}>
        <p class="small muted">
          {site.name} · {t('zone', { zone: statement.timeZone })} {t('balanceNote')}
        </p>
        {statement.endsAt > Date.now() && <p>{t('running')}</p>}
        <Sums statement={statement} />
        <div class="row not-printed">
          <Button tone="main" onClick={() => print()}>
            {t('print')}
          </Button>
          <Button href={`${path}/csv?language=${currentLanguage()}`}>{t('csv')}</Button>
        </div>
      </Card>
      {statement.days.length > 0 && (
        <Card title={t('daysTitle')}>
          <Days days={statement.days} />
        </Card>
      )}
    </>
  )
}

function Sums({ statement }: { statement: MonthlyStatement }) {
  const { openingRupiah, closingRupiah, totals } = statement
  const streamerLines = [
    ['received', totals.receivedRupiah],
    ['fee', totals.feeRupiah],
    ['refunded', totals.refundedRupiah],
  ] as const
  const otherLines = [
    ['toppedUp', totals.toppedUpRupiah],
    ['sent', totals.sentRupiah],
    ['withdrawn', totals.withdrawnRupiah],
    ['withdrawalFee', totals.withdrawalFeeRupiah],
    ['corrected', totals.correctedRupiah],
  ] as const
  return (
    <table class="sums">
      <tbody>
        <Sum name="opening" amount={openingRupiah} isStrong />
        {streamerLines.map(([name, amount]) => (
          <Sum
            key={name}
            name={name}
            amount={amount}
            {...(name === 'received' && { note: t('receivedCount', { count: totals.receivedCount }) })}
          />
        ))}
        <Sum name="net" amount={totals.netRupiah} isStrong />
        {otherLines.map(([name, amount]) => amount !== 0 && <Sum key={name} name={name} amount={amount} />)}
        <Sum name="closing" amount={closingRupiah} isStrong />
      </tbody>
    </table>
  )
}

interface SumProps {
  readonly name: Parameters<typeof t>[0]
  readonly amount: number
  readonly note?: string
  readonly isStrong?: boolean
}

function Sum({ name, amount, note, isStrong = false }: SumProps) {
  return (
    <tr class={isStrong ? 'sums-strong' : undefined} data-sum={name}>
      <th scope="row">
        {t(name)} {note !== undefined && <span class="small muted">({note})</span>}
      </th>
      <td>
        <Money amount={amount} />
      </td>
    </tr>
  )
}

function Days({ days }: { days: readonly MonthDay[] }) {
  const money = (amountOf: (day: MonthDay) => number) => (day: MonthDay) => <Money amount={amountOf(day)} />
  return (
    <Table
      caption={t('daysTitle')}
      rows={days}
      rowKey={({ date }) => date}
      columns={[
        { label: t('date'), cell: ({ date }) => formatDay(date) },
        { label: t('gross'), cell: money(({ receivedRupiah }) => receivedRupiah), isEnd: true },
        { label: t('fee'), cell: money(({ feeRupiah }) => feeRupiah), isEnd: true },
        { label: t('refunded'), cell: money(({ refundedRupiah }) => refundedRupiah), isEnd: true },
        { label: t('other'), cell: money(otherRupiah), isEnd: true },
        { label: t('balance'), cell: money(({ balanceRupiah }) => balanceRupiah), isEnd: true },
      ]}
    />
  )
}

function otherRupiah(day: MonthDay): number {
  const { toppedUpRupiah, sentRupiah, withdrawnRupiah, withdrawalFeeRupiah, correctedRupiah } = day
  return toppedUpRupiah + sentRupiah + withdrawnRupiah + withdrawalFeeRupiah + correctedRupiah
}

mount(StatementsPage)
