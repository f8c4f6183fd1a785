/** Setting the second factor up, taking it off, and taking it off a colleague who has lost the phone. */
import { Hono, type Context } from 'hono'
import {
  type BegunFactor,
  BeginFactor,
  ConfirmFactor,
  FactorProof,
  type FactorState,
  Reason,
  type RecoveryCodes,
} from '../../shared/contracts/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import type { Auth, ConfirmPassword, Sessions } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { factorUri, newFactorSecret, newRecoveryCodes, normalCode, stepOfCode } from './codes.ts'
import { factorBox, factorError, type SecondFactor } from './rules.ts'
import {
  beginFactor,
  confirmFactor,
  countRecoveryCodes,
  deleteFactor,
  findFactor,
  replaceRecoveryCodes,
  spendStep,
} from './store.ts'

export interface SecondFactorDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly sessions: Sessions
  readonly site: () => Promise<{ readonly name: string }>
  readonly secondFactor: SecondFactor
  readonly confirmPassword: ConfirmPassword
}

const OWN = '/api/admin/me/second-factor'

export function secondFactorRoutes(deps: SecondFactorDeps): Hono {
  const { platform, auth, sessions, site, secondFactor, confirmPassword } = deps
  const { clock, database, random } = platform
  const box = factorBox(platform)
  const app = new Hono()

  app.get(OWN, async (c) => {
    const { adminId } = await auth.admin(c)
    const [isOn, recoveryCodesLeft] = await Promise.all([
      secondFactor.isOn(adminId),
      countRecoveryCodes(database, adminId),
    ])
    const state: FactorState = { isOn, recoveryCodesLeft }
    return c.json(state)
  })

  // With the password: who finds a page left open must not lock its owner out.
  app.post(OWN, async (c) => {
    const { adminId, username } = await auth.admin(c)
    const { password } = await readJson(c, BeginFactor)
    await confirmPassword(c, 'admin', { login: username, password })
    const secret = newFactorSecret(random.bytes)
    const sealedSecret = await box.seal(secret, adminId)
    try {
      await database.write(beginFactor({ adminId, sealedSecret, nowMs: clock.now() }))
    } catch (error) {
      if (error instanceof ConstraintError && error.rule === 'admin_factor.admin_id')
        throw new AppError('conflict', { cause: error })
      throw error
    }
    const begun: BegunFactor = { secret, uri: factorUri(secret, { site: (await site()).name, username }) }
    return c.json(begun, 201)
  })

  app.put(OWN, async (c) => {
    const { adminId } = await auth.admin(c)
    const { code } = await readJson(c, ConfirmFactor)
    const factor = await findFactor(database, adminId)
    if (!factor || factor.isConfirmed) throw new AppError('conflict')
    const nowMs = clock.now()
    const secret = await box.open(factor.sealedSecret, adminId)
    const step =
      secret === undefined
        ? undefined
        : stepOfCode(secret, normalCode(code), { nowMs, lastStep: factor.lastStep })
    if (step === undefined) throw new AppError('factor_wrong')
    const session = await sessions.open(c, { audience: 'admin', id: adminId })
    const answer = await withRecoveryCodes(adminId, [
      spendStep(adminId, step),
      confirmFactor(adminId, nowMs),
      // Sessions that were opened without it end.
      { sql: 'DELETE FROM session WHERE admin_id = ?', args: [adminId] },
      session.statement,
      logActivity({ action: 'factor_on', adminId, nowMs }),
    ])
    session.setCookie()
    return c.json(answer)
  })

  app.post(`${OWN}/recovery-codes`, async (c) => {
    const { adminId, spending } = await proven(c)
    const answer = await withRecoveryCodes(adminId, [
      ...spending,
      logActivity({ action: 'recovery_codes_made', adminId, nowMs: clock.now() }),
    ])
    return c.json(answer)
  })

  app.delete(OWN, async (c) => {
    const { adminId, spending } = await proven(c)
    await write([
      ...spending,
      ...deleteFactor(adminId),
      logActivity({ action: 'factor_off', adminId, nowMs: clock.now() }),
    ])
    return c.body(null, 204)
  })

  app.delete('/api/admin/admins/:id/second-factor', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    const colleagueId = c.req.param('id')
    // One's own is taken off with password and code.
    if (colleagueId === adminId) throw new AppError('forbidden')
    const [colleague] = await database.read({
      sql: 'SELECT username FROM admin JOIN admin_factor ON admin_id = admin.id WHERE admin.id = ?',
      args: [colleagueId],
    })
    if (!colleague) throw new AppError('not_found')
    await write([
      ...deleteFactor(colleagueId),
      { sql: 'DELETE FROM session WHERE admin_id = ?', args: [colleagueId] },
      logActivity({
        action: 'factor_reset',
        adminId,
        details: { username: text(colleague, 'username'), reason },
        nowMs: clock.now(),
      }),
    ])
    return c.body(null, 204)
  })

  /** Password and code together: neither a page left open nor a stolen phone is enough. */
  async function proven(c: Context): Promise<{ adminId: string; spending: Statement[] }> {
    const { username } = await auth.admin(c)
    const { password, code } = await readJson(c, FactorProof)
    const { id: adminId, device } = await confirmPassword(c, 'admin', { login: username, password })
    const spending = await secondFactor.spend({ adminId, code, device })
    if (spending.length === 0) throw new AppError('not_found')
    return { adminId, spending }
  }

  async function withRecoveryCodes(adminId: string, batch: readonly Statement[]): Promise<RecoveryCodes> {
    const codes = newRecoveryCodes(random.bytes)
    const hashes = await Promise.all(codes.map((code) => hashToken(normalCode(code))))
    await write([...batch, ...replaceRecoveryCodes(adminId, hashes)])
    return { codes }
  }

  async function write(batch: readonly Statement[]): Promise<void> {
    try {
      await database.write(batch)
    } catch (error) {
      throw factorError(error)
    }
  }

  return app
}
