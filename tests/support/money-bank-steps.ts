/** Money that comes and goes by bank transfer, as steps. */
import { WITHDRAWAL_FEE_RUPIAH, type Known } from './money-world.ts'
import { adminOf, decide, keyed, keyOf, newest, REASON, type Act } from './money-step.ts'

export const deposit: Act = async (world, step, person) => {
  const request = { amountRupiah: 10_000 + step.which, receivingAccountId: world.bankId }
  const key = keyOf(world, step)
  const answer = await world.send(person, '/api/me/deposits', request, { key })
  const { id: owner } = person
  const made = await keyed<Known & { totalRupiah: number }>(world, { kind: 'deposit', owner, key }, answer)
  if (made) world.made.deposits.push({ ...made, memberId: owner })
}

export const arrive: Act = async (world, step) => {
  const reference = `BARIS-${keyOf(world, step)}`
  const amountRupiah = newest(world.made.deposits, step)?.totalRupiah ?? 5000
  const answer = await world.send(adminOf(world, step), '/api/admin/bank-lines', {
    receivingAccountId: world.bankId,
    bankTransactionId: reference,
    amountRupiah,
    bookedOn: '2026-01-01',
  })
  await keyed(world, { kind: 'line', owner: '', key: reference }, answer, world.made.lines)
}

export function onDeposit(decision: 'approve' | 'reject' | 'reverse'): Act {
  return async (world, step) => {
    const request = newest(world.made.deposits, step)
    if (!request) return
    const { id, totalRupiah } = request
    const bankTransactionId = `MASUK-${id}-${step.key}`
    const body = decision === 'approve' ? { bankTransactionId, totalRupiah } : REASON
    await decide(world, step, {
      path: `/api/admin/deposits/${id}/${decision}`,
      body,
      about: decision === 'reverse' ? `reversal of deposit ${id}` : `deposit ${id}`,
      decision: decision === 'approve' ? bankTransactionId : decision,
    })
  }
}

export function ownDeposit(what: 'cancel' | 'claim' | 'reopen'): Act {
  return async (world, step) => {
    const request = newest(world.made.deposits, step)
    const owner = world.people.find(({ id }) => id === request?.memberId)
    if (!request || !owner) return
    const { status } = await world.send(owner, `/api/me/deposits/${request.id}/${what}`)
    if (what === 'cancel' && status === 200) world.answered.decide(`deposit ${request.id}`, what)
  }
}

export function onLine(what: 'credit' | 'assign' | 'return' | 'dismiss'): Act {
  return async (world, step, { id: memberId }) => {
    const line = newest(world.made.lines, step)
    const request = world.made.deposits.find(({ totalRupiah }) => totalRupiah === line?.amountRupiah)
    if (!line || (what === 'credit' && !request)) return
    const path = `/api/admin/bank-lines/${line.id}/${what}`
    const body = { ...REASON, ...(what === 'assign' && { memberId }) }
    if (what !== 'credit') return world.send(adminOf(world, step), path, body)
    const depositId = request?.id
    const decision = line.reference
    return decide(world, step, { path, body: { depositId }, about: `deposit ${depositId}`, decision })
  }
}

export const withdraw: Act = async (world, step, person) => {
  const request = { amountRupiah: step.amountRupiah, feeRupiah: WITHDRAWAL_FEE_RUPIAH }
  const key = keyOf(world, step)
  const answer = await world.send(person, '/api/me/withdrawals', request, { key })
  const memberId = person.id
  const made = await keyed<Known>(world, { kind: 'withdrawal', owner: memberId, key }, answer)
  if (made) world.made.withdrawals.push({ id: made.id, memberId })
}

export function onWithdrawal(what: 'approve' | 'pay' | 'release' | 'reverse'): Act {
  return async (world, step) => {
    const request = newest(world.made.withdrawals, step)
    if (!request) return
    const path = `/api/admin/withdrawals/${request.id}/${what}`
    const bankTransactionId = `KELUAR-${request.id}-${step.key}`
    const payment = { receivingAccountId: world.bankId, bankTransactionId, isNameChecked: true }
    const body = what === 'pay' ? payment : REASON
    if (what === 'approve') return world.send(adminOf(world, step), path)
    return decide(world, step, {
      path,
      body,
      about: what === 'reverse' ? `return of withdrawal ${request.id}` : `withdrawal ${request.id}`,
      decision: what === 'pay' ? bankTransactionId : what,
    })
  }
}
