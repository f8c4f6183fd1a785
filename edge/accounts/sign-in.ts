/** Checks a password without telling by its time, or by how often, whether the account exists. */
import type { SignInRequest } from '../../shared/contracts/accounts.ts'
import { AppError } from '../../shared/errors.ts'
import type { Audience } from '../http/auth.ts'
import type { Platform } from '../ports.ts'
import { SignInLimit } from './sign-in-limit.ts'
import { findCredentials } from './store.ts'

/** @throws AppError `credentials_wrong`, `rate_limited` */
export type SignIn = (audience: Audience, request: SignInRequest) => Promise<{ id: string; username: string }>

export function createSignIn({
  clock,
  database,
  passwords,
}: Pick<Platform, 'clock' | 'database' | 'passwords'>): SignIn {
  const limit = new SignInLimit()
  let dummyHash: Promise<string> | undefined

  return async (audience, { login, password }) => {
    const name = `${audience}:${login}`
    limit.attempt(name, clock.now())
    const credentials = await findCredentials(database, { audience, login })
    // Unknown names cost the same work as known ones.
    dummyHash ??= passwords.hash('nobody has this password')
    const hash = credentials?.passwordHash ?? (await dummyHash)
    const isRight = await passwords.verify(password, hash)
    if (!credentials || !isRight) throw new AppError('credentials_wrong')
    limit.succeeded(name)
    return { id: credentials.id, username: credentials.username }
  }
}
