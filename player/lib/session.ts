/** Who is reading and which installation this is: what every page needs before it draws. */
import { Session } from '../../shared/contracts/accounts.ts'
import { call, get } from './api.ts'

export type { Session }

export function loadSession(): Promise<Session> {
  return get('/api/session', Session)
}

export function signOut(): Promise<void> {
  return call('POST', '/api/accounts/sign-out')
}
