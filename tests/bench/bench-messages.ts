/** What the processes of the alerts bench tell each other. Times are CLOCK_MONOTONIC, one for all processes. */
export type BenchMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'connected' }
  | { readonly type: 'committed'; readonly mark: string; readonly at: number }
  | { readonly type: 'arrived'; readonly mark: string; readonly at: number; readonly frame?: string }

/** Nanoseconds as a number: 2^53 of them are 104 days of uptime to the nanosecond, and further to two. */
export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

export function tell(message: BenchMessage): void {
  process.send?.(message)
}

const MARK = /bench-[\w-]+/

export function markIn(text: string): string | undefined {
  return MARK.exec(text)?.[0]
}
