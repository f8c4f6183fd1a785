export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number
}

/**
 * How long to wait before the next try. Half fixed, half random: a restarted server is not met by all
 * pages at once.
 * @param attempt 0 after the first failure
 */
export function backoffMs(attempt: number, { firstMs, maxMs, random }: Backoff): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  return ceiling / 2 + (random() * ceiling) / 2
}
