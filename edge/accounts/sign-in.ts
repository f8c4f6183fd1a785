/** Checks a password without telling by its time, or by how often, whether the account exists. */
import type { Context } from 'hono'
import type { SignInRequest } from '../../shared/contracts/accounts.ts'
import { AppError } from '../../shared/errors.ts'
import type { Audience, ConfirmPassword, Credentials } from '../http/auth.ts'
import type { Platform } from '../ports.ts'
import { createDevices } from './devices.ts'
import { countTry, forgiveTry } from './sign-in-limit.ts'
import { findCredentials } from './store.ts'

/** @throws AppError `credentials_wrong`, `rate_limited` */
export type SignIn = (c: Context, audience: Audience, request: SignInRequest) => Promise<Credentials>

export function createSignIn(
  platform: Pick<Platform, 'config' | 'random' | 'database' | 'passwords' | 'clientAddress' | 'rateLimiter'>,
): SignIn {
  const { database, passwords, clientAddress, rateLimiter } = platform
  const devices = createDevices(platform)
  let dummyHash: string | undefined

  return async (c, audience, { login, password }) => {
    const credentials = await findCredentials(database, { audience, login })
    const attempt = {
      login: `${audience}:${login}`,
      account: credentials && `${audience}#${credentials.id}`,
      address: clientAddress(c),
      device: credentials && (await devices.known(c, { audience, id: credentials.id })),
    }
    const mayBeRight = await countTry(rateLimiter, attempt)
    // Unknown names cost the same work as known ones.
    dummyHash ??= await passwords.hash('nobody has this password')
    const hash = credentials?.passwordHash ?? dummyHash
    const isRight = await passwords.verify(password, hash)
    if (!credentials || !isRight || !mayBeRight) throw new AppError('credentials_wrong')
    await forgiveTry(rateLimiter, attempt)
    return { ...credentials, device: attempt.device }
  }
}

/** Whoever holds a session but not the password gets no more guesses than at the door. */
export function createConfirmPassword(signIn: SignIn): ConfirmPassword {
  return (c, audience, credentials) =>
    signIn(c, audience, credentials).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'credentials_wrong') throw error
      throw new AppError('current_password_wrong', { cause: error })
    })
}
