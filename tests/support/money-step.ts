/** What all steps of the property tests share: what one is, and how its answer is written down. */
import type { Member, TestAnswer } from '../../edge/runtimes/node/test-edge.ts'
import type { KeyedKind, Known, MoneyWorld } from './money-world.ts'

export const REASON = { reason: 'uji coba' }

/** Small numbers, so that steps of one moment meet at the same member, request and key. */
export interface Step {
  readonly who: number
  readonly other: number
  /** Counted from the newest. */
  readonly which: number
  readonly key: number
  readonly amountRupiah: number
}

export type Act = (world: MoneyWorld, step: Step, person: Member) => Promise<unknown>

/** @returns what a step is about, or `undefined` when there is none yet */
export const newest = <T>(list: readonly T[], { which }: Step): T | undefined => list.at(-1 - which)
export const adminOf = ({ admins }: MoneyWorld, { other }: Step) => admins[other % admins.length] as Member
export const keyOf = ({ run }: MoneyWorld, { key }: Step) => `kunci-${String(run).padStart(8, '0')}-${key}`

export async function keyed<T extends Known>(
  world: MoneyWorld,
  { kind, owner, key }: { kind: KeyedKind; owner: string; key: string },
  answer: TestAnswer,
  list?: T[],
): Promise<T | undefined> {
  if (answer.status !== 201) return undefined
  const body = answer.body as T
  const isFirst = world.answered.keep(kind, owner, key, body.id)
  if (isFirst) list?.push(body)
  return isFirst ? body : undefined
}

/** One of the final decisions about a request. */
export async function decide(
  world: MoneyWorld,
  step: Step,
  { path, body, about, decision }: { path: string; body?: unknown; about: string; decision: string },
): Promise<void> {
  const { status } = await world.send(adminOf(world, step), path, body)
  if (status === 200) world.answered.decide(about, `${decision} by ${step.other % world.admins.length}`)
}
