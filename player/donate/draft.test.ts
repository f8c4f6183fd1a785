import { describe, expect, it } from 'vitest'
import { ApiProblem } from '../lib/api.ts'
import { emptyDraft, isOutcomeUnknown, missingRupiah, parseDraft, toRequest } from './draft.ts'

const draft = { ...emptyDraft('k'.repeat(32)), amountText: '10rb', name: 'Budi', message: 'Semangat!' }

describe('parseDraft()', () => {
  it('reads back what was kept, key included', () => {
    expect(parseDraft(JSON.stringify(draft))).toEqual(draft)
  })

  it.each([
    null,
    '',
    '{',
    '[]',
    JSON.stringify({ ...draft, idempotencyKey: 'short' }),
    JSON.stringify({ ...draft, message: 'x'.repeat(251) }),
  ])('takes nothing from %j', (stored) => {
    expect(parseDraft(stored)).toBeUndefined()
  })
})

describe('toRequest()', () => {
  it('says the fee that the donor was shown, rounded down', () => {
    expect(toRequest({ ...draft, amountText: '10.010' }, 55)?.feeRupiah).toBe(550)
  })

  it.each([
    ['10.000', 10_000],
    ['10rb', 10_000],
    ['Rp10.000,-', 10_000],
  ])('reads %s', (amountText, amountRupiah) => {
    expect(toRequest({ ...draft, amountText })).toEqual({
      amountRupiah,
      senderName: 'Budi',
      feeRupiah: 0,
      message: 'Semangat!',
      isAnonymous: false,
    })
  })

  it.each(['', '0', '10.00', 'sepuluh', '-5'])('has no request for the amount %j', (amountText) => {
    expect(toRequest({ ...draft, amountText })).toBeUndefined()
  })

  it('does not send the name of an anonymous donor', () => {
    expect(toRequest({ ...draft, isAnonymous: true })).toMatchObject({ senderName: '', isAnonymous: true })
  })
})

describe('missingRupiah()', () => {
  it('is what the balance lacks', () => {
    expect(missingRupiah(draft, 4_000)).toBe(6_000)
    expect(missingRupiah(draft, 10_000)).toBe(0)
    expect(missingRupiah({ ...draft, amountText: '?' }, 0)).toBe(0)
  })
})

describe('isOutcomeUnknown()', () => {
  it.each([
    [new ApiProblem('network'), true],
    [new ApiProblem('unexpected', { status: 201 }), true],
    [new ApiProblem('database_unavailable', { status: 503 }), true],
    [new ApiProblem('invalid_input', { fields: { amountRupiah: 'malformed' } }), false],
    [new ApiProblem('balance_too_low', { status: 402 }), false],
    [new Error('a bug'), false],
  ])('of %o is %s', (problem, isUnknown) => {
    expect(isOutcomeUnknown(problem)).toBe(isUnknown)
  })
})
