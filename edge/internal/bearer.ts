import type { Context } from 'hono'
import { isSameSecret } from '../../shared/tokens.ts'

/** Compares with every accepted secret, so that neither time nor order tells which one matched. */
export async function bearerAuthorised(c: Context, secrets: readonly string[]): Promise<boolean> {
  const presented = /^Bearer (\S{1,512})$/.exec(c.req.header('authorization') ?? '')?.[1]
  if (presented === undefined) return false
  const matches = await Promise.all(secrets.map((secret) => isSameSecret(presented, secret)))
  return matches.includes(true)
}
