/** `/pay/:token`: a payment of a guest. The address survives a closed tab, and the page updates by itself. */
import { useState } from 'preact/hooks'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/pay.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ElsewhereButton } from '../ui/elsewhere-button.tsx'
import { Failed, Notice, ProblemNotice } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty, Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { QrCode } from '../ui/qr-code.tsx'
import { drawPicture, saveAs } from './picture.ts'
import { GuestCaseCard } from './guest-case.tsx'
import './pay.css'

const [, , token = ''] = location.pathname.split('/')
const path = `/api/payments/${encodeURIComponent(token)}`
const POLL_MS = 4_000

type Change = (payment: GuestPayment) => void

function PayPage() {
  const payment = useLoad((signal) => get(path, GuestPayment, signal))
  usePolling(async (signal) => {
    if (payment.state !== 'ready' || !['pending', 'expired', 'refunding'].includes(payment.value.state))
      return
    const now = await get(path, GuestPayment, signal)
    if (!signal.aborted) payment.setValue(now)
  }, POLL_MS)
  return (
    <Page title={t('title')} isNarrow>
      {payment.state === 'loading' ? (
        <Spinner />
      ) : payment.state === 'ready' ? (
        <div class="stack" data-payment={payment.value.state}>
          {payment.value.state === 'pending' ? (
            <Code payment={payment.value} onChange={payment.setValue} />
          ) : (
            <Outcome payment={payment.value} onChange={payment.setValue} />
          )}
          <GuestCaseCard path={path} reference={payment.value.id} />
        </div>
      ) : payment.problem instanceof ApiProblem && payment.problem.code === 'not_found' ? (
        <Empty isWholePage title={t('notFoundTitle')}>
          {t('notFoundText')}
        </Empty>
      ) : (
        <Failed problem={payment.problem} onRetry={() => void payment.reload()} />
      )}
    </Page>
  )
}

function Code({ payment, onChange }: { payment: GuestPayment; onChange: Change }) {
  const { site } = useSession()
  const [isNotYet, setNotYet] = useState(false)
  const { amountRupiah, channel, expiresAt, qrText } = payment
  const amount = formatRupiah(amountRupiah)
  const label = t('qr', { amount, title: channel.title })
  const picture = `${path}/qr.png`
  const save = useAction(async () => {
    const until = t('until', { time: formatInstant(expiresAt, site.timeZone) })
    const source = qrText === null ? { url: picture } : { text: qrText }
    saveAs(await drawPicture(source, { amount, title: channel.title, until }), `qris-${amountRupiah}.png`)
  })
  const check = useAction(async () => {
    const now = await call('POST', `${path}/check`, { schema: GuestPayment })
    setNotYet(now.state === 'pending')
    onChange(now)
  })
  return (
    <Card title={t('title')}>
      <p class="muted">{channel.title}</p>
      <p>{t('amount')}</p>
      <p class="pay-amount amount">{amount}</p>
      <div class="pay-code">
        {qrText === null ? <img src={picture} alt={label} /> : <QrCode text={qrText} label={label} />}
      </div>
      <p>{t('scan')}</p>
      <p class="small muted">
        {t('until', { time: formatInstant(expiresAt, site.timeZone) })} · {t('keep')}
      </p>
      <ProblemNotice problem={save.problem ?? check.problem} />
      {isNotYet && (
        <Notice>
          <p>{t('notYet')}</p>
        </Notice>
      )}
      <div class="row">
        <Button tone="main" onClick={() => check.run()} isBusy={check.isBusy}>
          {t('check')}
        </Button>
        <Button onClick={() => save.run()} isBusy={save.isBusy}>
          {t('save')}
        </Button>
      </div>
    </Card>
  )
}

function Outcome({ payment, onChange }: { payment: GuestPayment; onChange: Change }) {
  const { state, amountRupiah, channel } = payment
  if (state === 'pending') return null
  const names = { amount: formatRupiah(amountRupiah), title: channel.title }
  return (
    <Card>
      <h1>{t(`${state}Title`)}</h1>
      <p>{t(`${state}Text`, names)}</p>
      {state === 'held' && payment.refundFailedAt !== null && <Notice>{t('refundFailed')}</Notice>}
      {state === 'held' && <Held onChange={onChange} />}
      <div class="row">
        {state === 'expired' && (
          <Button tone="main" href={`/c/${channel.slug}/donate`}>
            {t('again')}
          </Button>
        )}
        {state === 'paid' && channel.elsewhereUrl !== null && <ElsewhereButton url={channel.elsewhereUrl} />}
        <Button
          tone={state === 'paid' && channel.elsewhereUrl === null ? 'main' : 'plain'}
          href={`/c/${channel.slug}`}
        >
          {t('watch', names)}
        </Button>
      </div>
    </Card>
  )
}

function Held({ onChange }: { onChange: Change }) {
  const { member } = useSession()
  const decide = (what: 'refund' | 'claim') => async (): Promise<void> =>
    onChange(await call('POST', `${path}/${what}`, { schema: GuestPayment }))
  const refund = useAction(decide('refund'))
  const claim = useAction(decide('claim'))
  return (
    <>
      <ProblemNotice problem={refund.problem ?? claim.problem} />
      <div class="row">
        <Button tone="main" onClick={() => refund.run()} isBusy={refund.isBusy}>
          {t('refund')}
        </Button>
        {member ? (
          <Button onClick={() => claim.run()} isBusy={claim.isBusy}>
            {t('claim')}
          </Button>
        ) : (
          <Button href={signInPath(location.pathname)}>{t('signInToClaim')}</Button>
        )}
      </div>
    </>
  )
}

mount(PayPage)
