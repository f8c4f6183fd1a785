import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { LiveState } from '../../shared/contracts/channels.ts'
import { get } from '../lib/api.ts'
import { pollDelayMs } from './stage.ts'

export interface LiveNow {
  /** `undefined` until the first answer. */
  readonly live: LiveState | undefined
  readonly isServerLost: boolean
  /** The last question had no answer. */
  readonly isUnanswered: boolean
  readonly wasLive: boolean
  /** Asks at once, instead of when it is time. */
  readonly askNow: () => void
}

const LOST_AFTER_FAILURES = 3
const TIMEOUT_MS = 8_000

/** Asks every few seconds what is on air; at once when the page comes back into view or online. */
export function useLive(slug: string): LiveNow {
  const [now, setNow] = useState<Omit<LiveNow, 'askNow'>>({
    live: undefined,
    isServerLost: false,
    isUnanswered: false,
    wasLive: false,
  })
  const asking = useRef<() => Promise<void>>(undefined)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last: LiveState | undefined
    let failures = 0
    let isAsking = false
    const closed = new AbortController()

    const ask = async (): Promise<void> => {
      if (isAsking) return
      isAsking = true
      clearTimeout(timer)
      try {
        const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(TIMEOUT_MS)])
        const live = await get(`/api/channels/${slug}/live`, LiveState, signal)
        last = live
        failures = 0
        setNow((before) => ({
          live,
          isServerLost: false,
          isUnanswered: false,
          wasLive: before.wasLive || live.broadcast !== null,
        }))
      } catch {
        // A single failure changes nothing for the viewer: the player goes on by itself.
        failures += 1
        if (!closed.signal.aborted)
          setNow((before) => ({
            ...before,
            isUnanswered: true,
            isServerLost: failures >= LOST_AFTER_FAILURES,
          }))
      }
      isAsking = false
      if (!closed.signal.aborted)
        timer = setTimeout(() => void ask(), pollDelayMs(last, document.hidden, Math.random()))
    }
    const wake = (): void => {
      if (!document.hidden) void ask()
    }
    document.addEventListener('visibilitychange', wake)
    addEventListener('online', wake)
    asking.current = ask
    void ask()
    return () => {
      closed.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      removeEventListener('online', wake)
    }
  }, [slug])

  const askNow = useCallback(() => void asking.current?.(), [])
  return { ...now, askNow }
}
