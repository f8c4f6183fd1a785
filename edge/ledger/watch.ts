/** Recomputes the ledger when an edge starts and every night, and says so loudly when it does not balance. */
import { AppError } from '../../shared/errors.ts'
import type { Clock, Database, Log } from '../ports.ts'
import { verifyLedger } from './verify.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 03.00 in Jakarta, when the fewest donate: UTC+7 without daylight saving. */
const NIGHT_MS = 20 * HOUR_MS

export function msUntilNight(nowMs: number): number {
  const sinceNight = (nowMs - NIGHT_MS) % DAY_MS
  return DAY_MS - sinceNight
}

export interface LedgerWatch {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Ends the watch. */
  readonly signal: AbortSignal
}

/** Resolves once the signal is aborted. */
export async function watchLedger({ database, clock, log, signal }: LedgerWatch): Promise<void> {
  while (!signal.aborted) {
    await reportFaults({ database, log })
    try {
      await clock.sleep(msUntilNight(clock.now()), signal)
    } catch {
      return // The sleep ends only by the signal.
    }
  }
}

/** Never rejects. */
export async function reportFaults({ database, log }: Pick<LedgerWatch, 'database' | 'log'>): Promise<void> {
  try {
    const faults = await verifyLedger(database)
    if (faults.length === 0) log.info({}, 'the ledger is balanced')
    for (const fault of faults) log.error({ fault }, 'the ledger is not balanced')
  } catch (error) {
    // Without its database an edge has other worries; the next night looks again.
    const code = error instanceof AppError ? error.code : String(error)
    log.warn({ code }, 'the ledger could not be verified')
  }
}
