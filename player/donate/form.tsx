import { useState } from 'preact/hooks'
import type { Channel } from '../../shared/contracts/channels.ts'
import { donationFee, DonationReceipt } from '../../shared/contracts/donations.ts'
import { GuestPayment } from '../../shared/contracts/guests.ts'
import { MESSAGE_MAX_CHARS, SENDER_NAME_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { formatRupiah, parseRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate.ts'
import { t as shell } from '../i18n/shell.ts'
import { currentLanguage } from '../i18n/language.ts'
import { amountInWords } from '../../shared/amount-words.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { fieldText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice } from '../ui/feedback.tsx'
import { CheckField, Field, RupiahField } from '../ui/field.tsx'
import { type Action, useAction } from '../ui/hooks.ts'
import { Agreement } from '../ui/legal-links.tsx'
import { Button, Card } from '../ui/parts.tsx'
import { isOutcomeUnknown, missingRupiah, toRequest, withoutKey } from './draft.ts'
import { Preview } from './preview.tsx'
import { useFormExtras, VoteField } from './vote-field.tsx'
import type { DraftHandle } from './use-draft.ts'
import { TopUpAndSend } from './waiting.tsx'

/** From here on a zero too many is dear, so the amount is read back in words. */
const WORDS_ABOVE_RUPIAH = 1_000_000

interface FormProps {
  readonly channel: Channel
  readonly handle: DraftHandle
  readonly onSent: (receipt: DonationReceipt) => void
  readonly onClosed: () => void
  /** The donation waits for a top-up. */
  readonly onWaiting: () => Promise<void>
}

export function DonationForm({ channel, handle, onSent, onClosed, onWaiting }: FormProps) {
  const { member, refresh } = useSession()
  const { draft, change, renew } = handle
  const amount = parseRupiah(draft.amountText)
  const [isConfirming, setConfirming] = useState(false)
  const { poll } = useFormExtras(channel.slug)
  const [option, setOption] = useState<number>()
  const sendDonation = async (): Promise<void> => {
    const body = toRequest(draft, channel.donationFeePermille)
    if (!body) throw new ApiProblem('invalid_input', { fields: { amountRupiah: 'malformed' } })
    try {
      const receipt = await call('POST', `/api/channels/${channel.slug}/donations`, {
        schema: DonationReceipt,
        body: { ...body, ...(poll && option !== undefined && { vote: { pollId: poll.id, option } }) },
        idempotencyKey: draft.idempotencyKey,
      })
      renew({ name: draft.name, isAnonymous: draft.isAnonymous })
      onSent(receipt)
    } catch (problem) {
      const code = problem instanceof ApiProblem ? problem.code : undefined
      // The key has done its work: an earlier try went through although its answer was lost.
      if (code === 'idempotency_key_reused') renew(withoutKey(draft))
      // Donations were switched off while this form was open.
      if (code === 'not_found' || code === 'donations_closed') return onClosed()
      if (code === 'balance_too_low' || code === 'sign_in_required') await refresh()
      throw problem
    }
  }
  const send = useAction(sendDonation)
  const submit = (event: Event): void => {
    if (amount === undefined || amount <= WORDS_ABOVE_RUPIAH) return send.run(event)
    event.preventDefault()
    setConfirming(true)
  }
  /** Without an account: the page of the payment goes on from here, and its address can be kept. */
  const guest = useAction(async () => {
    const body = toRequest(draft, channel.donationFeePermille)
    if (!body) throw new ApiProblem('invalid_input', { fields: { amountRupiah: 'malformed' } })
    try {
      const { token } = await call('POST', `/api/channels/${channel.slug}/guest-donations`, {
        schema: GuestPayment,
        body,
        idempotencyKey: draft.idempotencyKey,
      })
      renew({ name: draft.name, isAnonymous: draft.isAnonymous })
      location.assign(`/pay/${token}`)
    } catch (problem) {
      const code = problem instanceof ApiProblem ? problem.code : undefined
      // Nobody has seen a code that may have been made: the next try asks for another one.
      if (code === 'gateway_unavailable' || code === 'idempotency_key_reused') renew(withoutKey(draft))
      if (code === 'not_found' || code === 'donations_closed') return onClosed()
      throw problem
    }
  })
  const here = location.pathname + location.search
  const missing = member ? missingRupiah(draft, member.balanceRupiah) : 0
  const isGuest = !member && channel.acceptsGuests
  return (
    <Card>
      <form
        class="stack"
        onSubmit={member ? submit : channel.acceptsGuests ? guest.run : (event) => leaveToSignIn(event, here)}
      >
        <fieldset class="fieldset">
          <legend class="visually-hidden">{t('quick')}</legend>
          <div class="quick">
            {channel.quickAmountsRupiah.map((quick) => (
              <button
                key={quick}
                type="button"
                class="button button-plain"
                aria-pressed={quick === amount}
                onClick={() => change({ amountText: formatRupiah(quick) })}
              >
                {formatRupiah(quick)}
              </button>
            ))}
          </div>
        </fieldset>
        <RupiahField
          label={t('amount')}
          text={draft.amountText}
          onInput={(text) => change({ amountText: text.slice(0, 32) })}
          hint={
            channel.minimumAlertRupiah > 0
              ? t('minimumAlert', { amount: formatRupiah(channel.minimumAlertRupiah) })
              : t('anyAlert')
          }
          error={fieldText(send.problem ?? guest.problem, 'amountRupiah')}
        />
        {!draft.isAnonymous && (
          <Field
            label={t('name')}
            value={draft.name}
            onInput={(name) => change({ name })}
            name="senderName"
            autoComplete="nickname"
            isOptional
            maxLength={SENDER_NAME_MAX_CHARS}
            hint={t(isGuest ? 'nameHintGuest' : 'nameHint')}
            error={fieldText(send.problem ?? guest.problem, 'senderName')}
          />
        )}
        <CheckField
          label={t('anonymous')}
          hint={draft.isAnonymous ? t('anonymousHint') : undefined}
          isChecked={draft.isAnonymous}
          onChange={(isAnonymous) => change({ isAnonymous })}
        />
        {poll && <VoteField poll={poll} option={option} onChange={setOption} />}
        <Field
          label={t('message')}
          value={draft.message}
          onInput={(message) => change({ message })}
          name="message"
          isLong
          isOptional
          maxLength={MESSAGE_MAX_CHARS}
          placeholder={t('messagePlaceholder')}
          error={fieldText(send.problem ?? guest.problem, 'message')}
        />
        <Preview
          draft={draft}
          channel={channel}
          username={isGuest ? null : (member?.username ?? t('previewName'))}
        />
        {amount !== undefined && channel.donationFeePermille > 0 && (
          <p class="muted small">{feeText(channel, amount)}</p>
        )}
        {member && (
          <>
            <p class="muted">{t('balance', { amount: formatRupiah(member.balanceRupiah) })}</p>
            {missing > 0 && (
              <TopUpAndSend channel={channel} handle={handle} missing={missing} onAsked={onWaiting} />
            )}
          </>
        )}
        <SendProblem send={member ? send : guest} />
        <Button
          type="submit"
          tone={missing > 0 ? 'plain' : 'main'}
          isWide
          isBusy={send.isBusy || guest.isBusy}
        >
          {member
            ? amount === undefined
              ? t('send')
              : t('sendAmount', { amount: formatRupiah(amount) })
            : t(channel.acceptsGuests ? 'payByQris' : 'signInFirst')}
        </Button>
        <Agreement to="byDonating" />
        {isGuest && (
          <p class="center">
            <a class="touch-link" href={signInPath(here)}>
              {t('signInInstead')}
            </a>
          </p>
        )}
        {!member && <p class="muted small center">{t('signInHint')}</p>}
      </form>
      <ConfirmDialog
        isOpen={isConfirming}
        title={t('largeTitle', { amount: formatRupiah(amount ?? 0) })}
        confirmLabel={t('sendAmount', { amount: formatRupiah(amount ?? 0) })}
        onConfirm={sendDonation}
        onClose={() => setConfirming(false)}
      >
        <p class="strong">{amountInWords(amount ?? 0, currentLanguage())}</p>
        {channel.donationFeePermille > 0 && <p>{feeText(channel, amount ?? 0)}</p>}
        <p>{t('largeText', { title: channel.title })}</p>
      </ConfirmDialog>
    </Card>
  )
}

function feeText({ title, donationFeePermille }: Channel, amountRupiah: number): string {
  const fee = donationFee(amountRupiah, donationFeePermille)
  return t('fee', { fee: formatRupiah(fee), title, rest: formatRupiah(amountRupiah - fee) })
}

function SendProblem({ send }: { send: Action }) {
  const { problem } = send
  if (problem instanceof ApiProblem && problem.code === 'idempotency_key_reused')
    return (
      <Notice tone="danger">
        <p>
          {t('sentBefore')} <a href="/wallet">{t('toWallet')}</a>
        </p>
      </Notice>
    )
  return (
    <>
      <ProblemNotice problem={problem} />
      {isOutcomeUnknown(problem) && <p class="muted small">{t('retryHint')}</p>}
      {send.isBusy && <p class="visually-hidden">{shell('loading')}</p>}
    </>
  )
}

/** The draft is in the session storage already. */
function leaveToSignIn(event: Event, here: string): void {
  event.preventDefault()
  location.assign(signInPath(here))
}
