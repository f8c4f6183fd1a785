/** What the processes of the alerts bench tell each other. Times are CLOCK_MONOTONIC, one for all processes. */
export type BenchMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'connected' }
  | { readonly type: 'committed'; readonly mark: string; readonly at: number }
  | { readonly type: 'collected'; readonly residentKb: number }
  | { readonly type: 'arrived_all'; readonly mark: string; readonly times: number[] }
  | { readonly type: 'arrived'; readonly mark: string; readonly at: number; readonly frame?: string }

/** Nanoseconds as a number: 2^53 of them are 104 days of uptime to the nanosecond, and further to two. */
export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

/**
 * Tells on demand how much memory the process holds, without what is garbage by then: how much of that lies about says
 * more of the moment than of the connections. Needs `--expose-gc`.
 */
export function tellMemory(): void {
  process.on('message', (message: unknown) => {
    if (message !== 'collect') return
    for (let times = 0; times < 3; times++) collect()
    tell({ type: 'collected', residentKb: process.memoryUsage.rss() / 1024 })
  })
}

/** Also gives back pages that are nearly empty, as V8 does by itself when a process is idle for long. */
function collect(): void {
  const { gc } = globalThis as { gc?: (how: object) => void }
  gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

export function tell(message: BenchMessage): void {
  process.send?.(message)
}

const MARK = /bench-[\w-]+/

export function markIn(text: string): string | undefined {
  return MARK.exec(text)?.[0]
}
