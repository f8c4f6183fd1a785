import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session } from '../lib/session.ts'

export interface SessionHandle extends Session {
  /** Reads the member again: rights, balance, unread. */
  readonly refresh: () => Promise<void>
}

export const SessionContext = createContext<SessionHandle | null>(null)

/** The installation and the reader. Only below `mount`. */
export function useSession(): SessionHandle {
  const session = useContext(SessionContext)
  if (!session) throw new TypeError('Cannot read the session outside mount()')
  return session
}
