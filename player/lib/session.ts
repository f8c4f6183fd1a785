/** Who is reading and which installation this is: what every page needs before it draws. */
import { Member } from '../../shared/contracts/accounts.ts'
import { Site } from '../../shared/contracts/site.ts'
import { ApiProblem, call, get } from './api.ts'

export interface Session {
  readonly site: Site
  /** null: a visitor. */
  readonly member: Member | null
}

export async function loadSession(options: { withMember: boolean }): Promise<Session> {
  const [site, member] = await Promise.all([
    get('/api/site', Site),
    options.withMember ? loadMember() : Promise.resolve(null),
  ])
  return { site, member }
}

export async function loadMember(): Promise<Member | null> {
  try {
    return await get('/api/me', Member)
  } catch (problem) {
    if (problem instanceof ApiProblem && ['sign_in_required', 'setup_required'].includes(problem.code))
      return null
    throw problem
  }
}

export function signOut(): Promise<void> {
  return call('POST', '/api/accounts/sign-out')
}
