/** What a case is about, in the reader's words. */
import type { AdminCaseThread, CaseKind } from '../../shared/contracts/cases.ts'
import { bankName } from '../i18n/banks.ts'
import { t as cases } from '../i18n/cases.ts'
import { t as deposits } from '../i18n/deposits.ts'
import type { Translate } from '../i18n/dictionary.ts'
import { t as guestPayments } from '../i18n/guest-payments.ts'
import { t as wallet } from '../i18n/wallet.ts'
import { t as withdrawals } from '../i18n/withdrawals.ts'

const STATES: Readonly<Record<CaseKind, (state: string) => string | undefined>> = {
  donation: (state) => known(wallet, state),
  deposit: (state) => known(deposits, `state_${state}`),
  withdrawal: (state) => known(withdrawals, `state_${state}`),
  guest_payment: (state) => known(guestPayments, `state_${state}`),
  // A member's line of a wallet says by its amount whether it was sent or received; here is only its kind.
  transfer: (kind) => (kind === 'donation' ? cases('kind_donation') : known(wallet, kind)),
}

export function subjectText({ kind, subject }: Pick<AdminCaseThread, 'kind' | 'subject'>): string {
  const state = subject.state === null ? undefined : STATES[kind](subject.state)
  return [titleOf(kind, subject.title), state].filter((each) => each !== undefined && each !== '').join(' · ')
}

/** A bank that has no name here is known by a word of ours. */
function titleOf(kind: CaseKind, title: string): string {
  return kind === 'deposit' || kind === 'withdrawal'
    ? title.replace(/^other(?= |$)/, bankName('other'))
    : title
}

function known<Key extends string>(t: Translate<Key>, key: string): string | undefined {
  return Object.hasOwn(t.texts.id, key) ? t(key as Key) : undefined
}
