/** What the processes of the alerts bench tell each other. Times are CLOCK_MONOTONIC, one for all processes. */
export type BenchMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'connected' }
  | { readonly type: 'committed'; readonly mark: string; readonly at: number }
  | { readonly type: 'memory'; readonly residentKb: number }
  | { readonly type: 'arrived_all'; readonly mark: string; readonly times: number[] }
  | { readonly type: 'arrived'; readonly mark: string; readonly at: number; readonly frame?: string }

/** Nanoseconds as a number: 2^53 of them are 104 days of uptime to the nanosecond, and further to two. */
export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

/** Tells on demand how much memory the process holds, garbage and all, as its machine has to give it. */
export function tellMemory(): void {
  process.on('message', (message: unknown) => {
    if (message === 'memory') tell({ type: 'memory', residentKb: process.memoryUsage.rss() / 1024 })
  })
}

export function tell(message: BenchMessage): void {
  process.send?.(message)
}

const MARK = /bench-[\w-]+/

export function markIn(text: string): string | undefined {
  return MARK.exec(text)?.[0]
}
