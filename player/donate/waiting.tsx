/** When the balance is short: one tap asks for a top-up of what is missing, and the donation follows it by itself. */
import { useEffect, useRef, useState } from 'preact/hooks'
import * as v from 'valibot'
import type { Channel } from '../../shared/contracts/channels.ts'
import { WaitingDonation } from '../../shared/contracts/donations.ts'
import { DepositList } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/waiting.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { problemText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { type Loading, useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Money } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { OpenDeposit } from '../wallet/deposits.tsx'
import { toRequest } from './draft.ts'
import type { DraftHandle } from './use-draft.ts'
import '../wallet/wallet.css'

const List = v.object({ waiting: v.array(WaitingDonation) })
const POLL_MS = 10_000

export type Waiting = Loading<readonly WaitingDonation[]>

/** One's own; none for visitors. Asked again while one of them waits. */
export function useWaiting(onSent?: (sent: WaitingDonation) => void): Waiting {
  const { member } = useSession()
  const load = async (signal?: AbortSignal) => (await get('/api/me/waiting-donations', List, signal)).waiting
  const list = useLoad<readonly WaitingDonation[]>(
    (signal) => (member ? load(signal) : Promise.resolve([])),
    [member?.id],
  )
  const before = useRef<readonly WaitingDonation[]>([])
  useEffect(() => {
    if (list.state !== 'ready') return
    const waited = new Set(before.current.filter(({ state }) => state === 'waiting').map(({ id }) => id))
    before.current = list.value
    for (const now of list.value) if (now.state === 'sent' && waited.has(now.id)) onSent?.(now)
  }, [list])
  usePolling(async () => {
    if (list.state === 'ready' && list.value.some(({ state }) => state === 'waiting')) await list.reload()
  }, POLL_MS)
  return list
}

/** Those that wait, with what is to be transferred, and the newest that failed. */
export function WaitingDonations({ waiting }: { waiting: Waiting }) {
  if (waiting.state !== 'ready') return null
  const [latest] = waiting.value
  return (
    <>
      {latest?.state === 'failed' && (
        <Notice tone="danger">
          <p>
            {t('failed', {
              amount: formatRupiah(latest.amountRupiah),
              title: latest.channel.title,
              reason: latest.failure === null ? '' : problemText(new ApiProblem(latest.failure)),
            })}
          </p>
        </Notice>
      )}
      {waiting.value
        .filter(({ state }) => state === 'waiting')
        .map((each) => (
          <WaitingCard key={each.id} waiting={each} onChange={waiting.reload} />
        ))}
    </>
  )
}

function WaitingCard({ waiting, onChange }: { waiting: WaitingDonation; onChange: () => Promise<void> }) {
  const [isCancelling, setCancelling] = useState(false)
  const { id, amountRupiah, channel, deposit } = waiting
  return (
    <section class="stack" data-waiting={id}>
      <Card title={t('title')} end={<Money amount={amountRupiah} />}>
        <p>{t('text', { amount: formatRupiah(amountRupiah), title: channel.title })}</p>
        <div>
          <Button tone="plain" isSmall onClick={() => setCancelling(true)}>
            {t('cancel')}
          </Button>
        </div>
        <ConfirmDialog
          isOpen={isCancelling}
          title={t('cancelTitle')}
          confirmLabel={t('cancel')}
          isDanger
          onConfirm={async () => {
            await call('POST', `/api/me/waiting-donations/${id}/cancel`)
            toast(t('cancelled'))
            await onChange()
          }}
          onClose={() => setCancelling(false)}
        >
          <p>{t('cancelText')}</p>
        </ConfirmDialog>
      </Card>
      {deposit.state === 'open' ? (
        <OpenDeposit deposit={deposit} onChange={() => void onChange()} />
      ) : (
        <Notice>
          <p>
            {t('expired')} <a href="/wallet">{t('toWallet')}</a>
          </p>
        </Notice>
      )}
    </section>
  )
}

interface TopUpAndSendProps {
  readonly channel: Channel
  readonly handle: DraftHandle
  readonly missing: number
  readonly onAsked: () => Promise<void>
}

export function TopUpAndSend({ channel, handle, missing, onAsked }: TopUpAndSendProps) {
  const { draft, renew } = handle
  const [chosen, setChosen] = useState<string>()
  const money = useLoad((signal) => get('/api/me/deposits', DepositList, signal))
  const accounts = money.state === 'ready' ? money.value.accounts : []
  const receivingAccountId = chosen ?? accounts[0]?.id
  const ask = useAction(async () => {
    const request = toRequest(draft, channel.donationFeePermille)
    if (!request) return
    await call('POST', `/api/channels/${channel.slug}/waiting-donations`, {
      body: { ...request, receivingAccountId },
      idempotencyKey: draft.idempotencyKey,
    })
    renew({ name: draft.name, isAnonymous: draft.isAnonymous })
    await onAsked()
    scrollTo(0, 0)
  })
  const topUpRupiah = Math.max(missing, money.state === 'ready' ? money.value.minimumRupiah : 0)
  return (
    <Notice>
      <div class="stack">
        <p>
          {t('missing', { amount: formatRupiah(missing) })} <a href="/wallet">{t('toWallet')}</a>
        </p>
        {accounts.length > 0 && (
          <>
            <p>{t('offer', { amount: formatRupiah(topUpRupiah) })}</p>
            {accounts.length > 1 && (
              <SelectField
                label={t('account')}
                value={receivingAccountId ?? ''}
                options={accounts.map(({ id, bank, accountNumber }) => ({
                  value: id,
                  label: `${bankName(bank)} · ${accountNumber}`,
                }))}
                onChange={setChosen}
              />
            )}
            <ProblemNotice problem={ask.problem} />
            <div>
              <Button tone="main" onClick={() => ask.run()} isBusy={ask.isBusy}>
                {t('ask')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Notice>
  )
}
