/** Asks admins who have a second factor for it, and takes each code once. */
import { AppError } from '../../shared/errors.ts'
import { hashToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { createSealedBox, type SealedBox } from '../http/seal.ts'
import { ConstraintError, type Platform, type RateLimit, type Statement } from '../ports.ts'
import { isAppCode, normalCode, stepOfCode } from './codes.ts'
import { findFactor, hasRecoveryCode, spendRecoveryCode, spendStep } from './store.ts'

/**
 * Wrong codes after a right password. Ten in 15 minutes guess one in 350 accounts within a day, and each is in
 * the log.
 */
const CODES: RateLimit = { name: 'second factor of an admin', max: 10, windowMs: 15 * 60_000 }

export type FactorPlatform = Pick<Platform, 'clock' | 'config' | 'database' | 'random' | 'rateLimiter'>

export interface FactorTry {
  readonly adminId: string
  readonly code: string | undefined
  /** A browser that has signed in before, counted apart from all others: strangers lock nobody out of it. */
  readonly device: string | undefined
}

export interface SecondFactor {
  isOn(adminId: string): Promise<boolean>
  /**
   * @returns what to write in the batch that the code opens; nothing for an admin without a second factor
   * @throws AppError `factor_required` without a code, `factor_wrong`, `rate_limited`
   */
  spend(attempt: FactorTry): Promise<Statement[]>
}

export function createSecondFactor(platform: FactorPlatform): SecondFactor {
  const { clock, database, rateLimiter } = platform
  const box = factorBox(platform)

  async function statementFor(adminId: string, code: string): Promise<Statement | undefined> {
    const factor = await findFactor(database, adminId)
    if (!factor) return undefined
    const nowMs = clock.now()
    if (!isAppCode(code)) {
      const codeHash = await hashToken(code)
      return (await hasRecoveryCode(database, { adminId, codeHash }))
        ? spendRecoveryCode(codeHash, nowMs)
        : undefined
    }
    const secret = await box.open(factor.sealedSecret, adminId)
    const step = secret === undefined ? undefined : stepOfCode(secret, code, { nowMs, ...factor })
    return step === undefined ? undefined : spendStep(adminId, step)
  }

  async function isOn(adminId: string): Promise<boolean> {
    return (await findFactor(database, adminId))?.isConfirmed ?? false
  }

  return {
    isOn,
    async spend({ adminId, code: typed, device }) {
      if (!(await isOn(adminId))) return []
      const code = normalCode(typed ?? '')
      if (code === '') throw new AppError('factor_required')
      const key = `${adminId} ${device ?? 'stranger'}`
      await requireWithin(rateLimiter, CODES, key)
      const statement = await statementFor(adminId, code)
      const nowMs = clock.now()
      if (!statement) {
        await database.write([logActivity({ action: 'factor_refused', adminId, nowMs })])
        throw new AppError('factor_wrong')
      }
      await rateLimiter.giveBack(CODES, key, CODES.max)
      return isAppCode(code)
        ? [statement]
        : [statement, logActivity({ action: 'recovery_code_used', adminId, nowMs })]
    },
  }
}

/** Somebody else was faster with the same code. */
export function factorError(error: unknown): unknown {
  return error instanceof ConstraintError && error.rule === 'FACTOR_CODE_USED'
    ? new AppError('factor_wrong', { cause: error })
    : error
}

export function factorBox({ config, random }: Pick<Platform, 'config' | 'random'>): SealedBox {
  return createSealedBox(config, random, 'panggung second factor')
}
