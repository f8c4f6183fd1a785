/** Chance that can be repeated: the seed of every run is printed, and TEST_SEED sets it. */

export interface SeededRandom {
  readonly seed: number
  /** At least 0, below 1. */
  next(): number
  /** Both ends included. */
  integer(least: number, most: number): number
  isTrue(probability: number): boolean
  pick<T>(choices: readonly T[]): T
}

export function seededRandom(what: string, seed = seedOfThisRun()): SeededRandom {
  console.log(`${what}: TEST_SEED=${seed}`)
  let state = seed >>> 0
  // mulberry32: 32 bits of state are plenty here, and a seed is short enough to copy from a log.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    seed,
    next,
    integer,
    isTrue: (probability) => next() < probability,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('Cannot pick from nothing')
      return choices[integer(0, choices.length - 1)] as T
    },
  }
}

function seedOfThisRun(): number {
  const given = process.env['TEST_SEED']
  if (given === undefined) return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
  if (!/^\d{1,10}$/.test(given)) throw new RangeError('TEST_SEED must be a whole number')
  return Number(given)
}
