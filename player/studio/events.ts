/** One connection for the whole studio; whatever is drawn listens to what concerns it. */
import { createContext } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import type { StreamEvent } from '../../shared/contracts/alerts.ts'
import { Member } from '../../shared/contracts/accounts.ts'
import { ApiProblem, get } from '../lib/api.ts'
import { openEventStream, type StreamState } from '../lib/event-stream.ts'

/** `reconnected`: events may have been missed, so lists are read again. */
export type StudioEvent = StreamEvent | { readonly type: 'reconnected' }
type Listener = (event: StudioEvent) => void
export type Subscribe = (listener: Listener) => () => void

export const StudioEvents = createContext<Subscribe>(() => () => undefined)

export function useStudioEvents(listener: Listener): void {
  const subscribe = useContext(StudioEvents)
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => subscribe((event) => latest.current(event)), [subscribe])
}

export interface StudioConnection {
  readonly subscribe: Subscribe
  readonly state: StreamState
}

/** @param whyRefused what to do when the server lets this page in no more */
export function useStudioConnection(
  url: string,
  whyRefused: () => Promise<'retry' | 'stop'> = isSignedOut,
): StudioConnection {
  const [state, setState] = useState<StreamState>('connecting')
  const listeners = useRef(new Set<Listener>())
  const [subscribe] = useState<Subscribe>(() => (listener: Listener) => {
    listeners.current.add(listener)
    return () => void listeners.current.delete(listener)
  })

  useEffect(() => {
    let isFirst = true
    const tell = (event: StudioEvent): void => {
      for (const listener of listeners.current) listener(event)
    }
    const stream = openEventStream(url, {
      onState: setState,
      onEvent: tell,
      onHello: () => {
        // What is on the page was read moments before the first one.
        if (!isFirst) tell({ type: 'reconnected' })
        isFirst = false
      },
      onResync: () => tell({ type: 'reconnected' }),
      onRefused: whyRefused,
    })
    return () => stream.close()
  }, [url])

  return { subscribe, state }
}

/** A session that ended does not come back by itself; anything else may. */
async function isSignedOut(): Promise<'retry' | 'stop'> {
  try {
    await get('/api/me', Member)
    return 'retry'
  } catch (problem) {
    return problem instanceof ApiProblem && problem.status === 401 ? 'stop' : 'retry'
  }
}
