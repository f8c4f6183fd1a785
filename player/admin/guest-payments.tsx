/** Payments of guests: found by number, asked about, given back, or given a new address. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { AdminPayment, PAYMENT_STATES, type PaymentState } from '../../shared/contracts/guests.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/guest-payments.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Money } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { CopyButton } from '../ui/secret.tsx'
import { QueueRows, Waiting } from './queue.tsx'

const Payments = v.object({ payments: v.array(AdminPayment) })
const MadeLink = v.object({ url: v.string() })

export function GuestPaymentsTab() {
  const [state, setState] = useState<PaymentState | ''>('')
  const [query, setQuery] = useState('')
  const load = async (before: string | undefined, signal?: AbortSignal) => {
    const filter = new URLSearchParams({
      ...(state !== '' && { state }),
      ...(query.trim() !== '' && { query: query.trim() }),
      ...(before !== undefined && { before }),
    })
    return (await get(`/api/admin/guest-payments?${filter}`, Payments, signal)).payments
  }
  const paged = usePaged({ load, cursorOf: ({ id }: AdminPayment) => id }, [state, query])
  const replace = (changed: AdminPayment): void =>
    paged.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row)))
  return (
    <div class="stack">
      <Card>
        <div class="columns">
          <Field
            label={t('find')}
            hint={t('findHint')}
            value={query}
            onInput={setQuery}
            type="search"
            maxLength={100}
          />
          <SelectField
            label={t('filter')}
            value={state}
            options={[
              { value: '', label: t('all') },
              ...PAYMENT_STATES.map((value) => ({ value, label: t(`state_${value}`) })),
            ]}
            onChange={(value) => setState(value as PaymentState | '')}
          />
        </div>
      </Card>
      <QueueRows paged={paged} emptyTitle={t('emptyTitle')} emptyText={t('emptyText')}>
        {(payment) => <PaymentCard key={payment.id} payment={payment} onChange={replace} />}
      </QueueRows>
    </div>
  )
}

const TONES: Partial<Record<PaymentState, 'ok' | 'warn' | 'danger'>> = {
  paid: 'ok',
  held: 'warn',
  refunding: 'warn',
  reversed: 'danger',
}

interface PaymentCardProps {
  readonly payment: AdminPayment
  readonly onChange: (payment: AdminPayment) => void
}

function PaymentCard({ payment, onChange }: PaymentCardProps) {
  const { id, amountRupiah, channel, gateway, reference, senderName, message, state, createdAt, isLate } =
    payment
  const tone = TONES[state]
  return (
    <Card title={<Money amount={amountRupiah} />} end={<Waiting since={createdAt} />}>
      <p class="row">
        {tone ? <Badge tone={tone}>{t(`state_${state}`)}</Badge> : <Badge>{t(`state_${state}`)}</Badge>}
        {isLate && <Badge tone="warn">{t('late')}</Badge>}
        {payment.refundFailedAt !== null && state === 'held' && (
          <Badge tone="danger">{t('refundFailed')}</Badge>
        )}
        <a href={`/c/${channel.slug}`}>{t('to', { title: channel.title })}</a>
      </p>
      {(senderName !== '' || message !== '') && (
        <blockquote class="quote">
          {senderName !== '' && <p class="strong break">{senderName}</p>}
          {message !== '' && <p>{message}</p>}
        </blockquote>
      )}
      <p class="small muted break">
        <code>{t('number', { id })}</code>
        {reference !== null && (
          <>
            {' · '}
            <code>{t('gatewayNumber', { gateway, reference })}</code>
          </>
        )}
      </p>
      <PaymentActions payment={payment} onChange={onChange} />
    </Card>
  )
}

function PaymentActions({ payment, onChange }: PaymentCardProps) {
  const { id, amountRupiah, state } = payment
  const path = `/api/admin/guest-payments/${id}`
  const [isRefunding, setRefunding] = useState(false)
  const [reason, setReason] = useState('')
  const [url, setUrl] = useState<string>()
  const check = useAction(async () => {
    onChange(await call('POST', `${path}/check`, { schema: AdminPayment }))
    toast(t('checked'))
  })
  const makeLink = useAction(async () =>
    setUrl((await call('POST', `${path}/link`, { schema: MadeLink })).url),
  )
  const refund = async (): Promise<void> => {
    onChange(await call('POST', `${path}/refund`, { body: { reason }, schema: AdminPayment }))
    toast(t('refundAsked'))
  }
  return (
    <>
      <ProblemNotice problem={check.problem ?? makeLink.problem} />
      {url !== undefined && (
        <Notice tone="ok">
          <p>{t('linkText')}</p>
          <p class="break">
            <code>{url}</code>
          </p>
          <CopyButton text={url} label={t('copy')} />
        </Notice>
      )}
      <div class="row">
        {['pending', 'expired', 'refunding'].includes(state) && (
          <Button onClick={() => check.run()} isBusy={check.isBusy}>
            {t('check')}
          </Button>
        )}
        {(state === 'held' || state === 'paid') && (
          <Button tone="danger" onClick={() => setRefunding(true)}>
            {t('refund')}
          </Button>
        )}
        <Button tone="plain" onClick={() => makeLink.run()} isBusy={makeLink.isBusy}>
          {t('link')}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isRefunding}
        title={t('refundTitle', { amount: formatRupiah(amountRupiah) })}
        confirmLabel={t('refund')}
        isDanger
        onConfirm={refund}
        onClose={() => setRefunding(false)}
      >
        <p>{t('refundText')}</p>
        <ReasonField label={t('reason')} value={reason} onInput={setReason} />
      </ConfirmDialog>
    </>
  )
}
