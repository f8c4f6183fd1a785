import { expect, it, vi } from 'vitest'
import type { CaseKind } from '../../shared/contracts/cases.ts'
import { PAYMENT_STATES } from '../../shared/contracts/guests.ts'
import { DepositState } from '../../shared/contracts/payments.ts'
import { WithdrawalState } from '../../shared/contracts/withdrawals.ts'
import { setLanguage } from '../i18n/language.ts'
import { subjectText } from './case-subject.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

const say = (kind: CaseKind, state: string | null, title = 'BCA') =>
  subjectText({ kind, subject: { at: 0, title, state } })

it.each([
  ['deposit', DepositState.options],
  ['withdrawal', WithdrawalState.options],
  ['guest_payment', PAYMENT_STATES],
  // Those that touch a member's wallet.
  [
    'transfer',
    [
      'donation',
      'donation_refunded',
      'donation_released',
      'gateway_claimed',
      'gateway_reversed',
      'credit',
      'deposit',
      'deposit_reversed',
      'debt_repaid',
      'unmatched_assigned',
      'withdrawal_held',
      'withdrawal_released',
      'withdrawal_reversed',
    ],
  ],
  ['donation', ['refunded']],
] as const)('every state of a %s has words in both languages', (kind, states) => {
  for (const language of ['id', 'en'] as const) {
    setLanguage(language)
    for (const state of states) expect(say(kind, state)).toMatch(/^BCA · \p{Lu}/u)
  }
})

it('leaves out what there is nothing to say of', () => {
  setLanguage('en')
  expect(say('donation', null, 'Dewi')).toBe('Dewi')
  expect(say('transfer', 'debt_repaid', '')).toMatch(/^\p{Lu}[^·]+$/u)
  expect(say('deposit', 'constructor')).toBe('BCA')
  expect(say('withdrawal', null, 'other …1234')).toBe('Another bank …1234')
})
