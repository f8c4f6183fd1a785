/** Everything that moves money, as single steps that a property test puts in any order and at the same time. */
import fc from 'fast-check'
import { TEST_PASSWORD, type Member } from '../../edge/runtimes/node/test-edge.ts'
import type { TestPlatform } from '../../edge/runtimes/node/test-platform.ts'
import { lookAfterMoney } from '../../edge/runtimes/money-watch.ts'
import { donationFee } from '../../shared/contracts/donations.ts'
import { arrive, deposit, onDeposit, onLine, onWithdrawal, ownDeposit, withdraw } from './money-bank-steps.ts'
import {
  askAsGuest,
  atGateway,
  onPayment,
  refundGuest,
  takeBackForGuest,
  tellAgain,
} from './money-guest-steps.ts'
import { adminOf, keyed, keyOf, newest, REASON, type Act, type Step } from './money-step.ts'
import { FEE_PERMILLE, type Known, type MoneyWorld } from './money-world.ts'

const HOUR_MS = 3_600_000

const donate: Act = (world, step, person) => give(world, step, person, step.amountRupiah)

async function give(world: MoneyWorld, step: Step, donor: Member, amountRupiah: number): Promise<void> {
  const slug = world.people[step.other]?.username ?? ''
  const request = { amountRupiah, feeRupiah: donationFee(amountRupiah, FEE_PERMILLE) }
  const key = keyOf(world, step)
  const answer = await world.send(donor, `/api/channels/${slug}/donations`, request, { key })
  const made = await keyed<Known>(world, { kind: 'donation', owner: donor.id, key }, answer)
  if (made) world.made.donations.push({ id: made.id, slug })
}

const waitingDonation: Act = async (world, step, person) => {
  const slug = world.people[step.other]?.username ?? ''
  // More than anybody has.
  const amountRupiah = step.amountRupiah * 50
  const feeRupiah = donationFee(amountRupiah, FEE_PERMILLE)
  const request = { amountRupiah, feeRupiah, receivingAccountId: world.bankId }
  const key = keyOf(world, step)
  const answer = await world.send(person, `/api/channels/${slug}/waiting-donations`, request, { key })
  const memberId = person.id
  const made = await keyed<Known & { deposit: Known & { totalRupiah: number } }>(
    world,
    { kind: 'waiting', owner: memberId, key },
    answer,
  )
  if (!made) return
  world.made.waiting.push({ id: made.id, memberId })
  world.made.deposits.push({ ...made.deposit, memberId })
}

const credit: Act = async (world, step, { id }) => {
  const key = keyOf(world, step)
  const request = { amountRupiah: step.amountRupiah, ...REASON }
  const admin = adminOf(world, step)
  const answer = await world.send(admin, `/api/admin/members/${id}/credits`, request, { key })
  if (answer.status !== 201) return
  const { transferId } = answer.body as { transferId: string }
  const owner = String(step.other % world.admins.length)
  if (world.answered.keep('credit', owner, key, transferId)) world.answered.credit(id, request.amountRupiah)
}

const refund: Act = async (world, step) => {
  const donation = newest(world.made.donations, step)
  const streamer = world.people.find(({ username }) => username === donation?.slug)
  if (!donation || !streamer) return
  await world.send(streamer, `/api/studio/${donation.slug}/donations/${donation.id}/refund`, REASON)
}

function onHeld(decision: 'release' | 'refund'): Act {
  return async (world, step) => {
    const { body } = await adminOf(world, step).get('/api/admin/held-donations')
    const held = newest((body as { donations?: Known[] }).donations ?? [], step)
    if (!held) return
    const path = `/api/admin/held-donations/${held.id}/${decision}`
    const { status } = await world.send(adminOf(world, step), path, REASON)
    // Giving back again is no error, whoever asks.
    if (status === 204) world.answered.decide(`held donation ${held.id}`, decision)
  }
}

const cancelWaiting: Act = async (world, step) => {
  const waiting = newest(world.made.waiting, step)
  const owner = world.people.find(({ id }) => id === waiting?.memberId)
  if (waiting && owner) await world.send(owner, `/api/me/waiting-donations/${waiting.id}/cancel`)
}

const freeze: Act = async (world, step, { id }) => {
  await world.send(adminOf(world, step), `/api/admin/members/${id}/freeze`, REASON, { method: 'PUT' })
}

const unfreeze: Act = async (world, step, person) => {
  const path = `/api/admin/members/${person.id}/freeze`
  await world.send(adminOf(world, step), path, REASON, { method: 'DELETE' })
  await world.signIn(person)
}

/** Whoever closes has given everything away. */
const closeAccount: Act = async (world, step, person) => {
  const { who } = step
  const wallet = (await person.get('/api/me/wallet')).body as { balanceRupiah?: number }
  if ((wallet.balanceRupiah ?? 0) > 0) await give(world, step, person, wallet.balanceRupiah ?? 0)
  const { status } = await world.send(person, '/api/me/closing', { password: TEST_PASSWORD })
  if (status === 204) world.people[who] = await world.join()
}

/** Over by then: requests, refunds, and the sessions of admins. */
const letTimePass: Act = async (world) => {
  world.platforms[0]?.clock.advance(25 * HOUR_MS)
  await world.signInAdmins()
}

const STEPS = {
  deposit,
  approveDeposit: onDeposit('approve'),
  rejectDeposit: onDeposit('reject'),
  reverseDeposit: onDeposit('reverse'),
  cancelDeposit: ownDeposit('cancel'),
  claimDeposit: ownDeposit('claim'),
  reopenDeposit: ownDeposit('reopen'),
  arrive,
  creditLine: onLine('credit'),
  assignLine: onLine('assign'),
  returnLine: onLine('return'),
  dismissLine: onLine('dismiss'),
  credit,
  donate,
  refund,
  refundGuest,
  releaseHeld: onHeld('release'),
  refundHeld: onHeld('refund'),
  waitingDonation,
  cancelWaiting,
  withdraw,
  approveWithdrawal: onWithdrawal('approve'),
  payWithdrawal: onWithdrawal('pay'),
  releaseWithdrawal: onWithdrawal('release'),
  returnWithdrawal: onWithdrawal('reverse'),
  repayDebt: (world, _step, person) => world.send(person, '/api/me/debt/repay'),
  askAsGuest,
  guestPays: atGateway('paid'),
  codeExpires: atGateway('expired'),
  gatewayDenies: atGateway('denied'),
  tellAgain,
  checkPayment: onPayment('check'),
  refundPayment: onPayment('refund'),
  claimPayment: onPayment('claim'),
  takeBackForGuest,
  freeze,
  unfreeze,
  closeAccount,
  letTimePass,
  lookAfter: ({ platforms }, { other }) =>
    lookAfterMoney(platforms[other % platforms.length] as TestPlatform),
} satisfies Record<string, Act>

/** What is rare would otherwise never meet what it needs. */
const OFTEN: Partial<Record<keyof typeof STEPS, number>> = {
  deposit: 3,
  approveDeposit: 3,
  credit: 3,
  donate: 5,
  refund: 2,
  withdraw: 3,
  payWithdrawal: 3,
  askAsGuest: 3,
  guestPays: 4,
  unfreeze: 3,
  refundGuest: 3,
  claimPayment: 3,
  gatewayDenies: 2,
  waitingDonation: 3,
  returnLine: 2,
  arrive: 3,
  closeAccount: 2,
}

const KINDS = Object.keys(STEPS) as (keyof typeof STEPS)[]

interface NamedStep extends Step {
  readonly what: keyof typeof STEPS
}

export const anyStep: fc.Arbitrary<NamedStep> = fc.record({
  what: fc.oneof(...KINDS.map((kind) => ({ weight: OFTEN[kind] ?? 1, arbitrary: fc.constant(kind) }))),
  who: fc.nat(3),
  other: fc.nat(3),
  which: fc.nat(3),
  key: fc.nat(3),
  amountRupiah: fc.constantFrom(7000, 9000, 12_000),
})

export async function takeStep(world: MoneyWorld, step: NamedStep): Promise<void> {
  const person = world.people[step.who]
  if (person) await STEPS[step.what](world, step, person)
}
