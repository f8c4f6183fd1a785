import { useEffect, useState } from 'preact/hooks'
import { LiveState } from '../../shared/contracts/channels.ts'
import { get } from '../lib/api.ts'
import { pollDelayMs } from './stage.ts'

export interface LiveNow {
  /** `undefined` until the first answer. */
  readonly live: LiveState | undefined
  readonly isServerLost: boolean
  readonly wasLive: boolean
}

const LOST_AFTER_FAILURES = 3
const TIMEOUT_MS = 8_000

/** Asks every few seconds what is on air; at once when the page comes back into view or online. */
export function useLive(slug: string): LiveNow {
  const [now, setNow] = useState<LiveNow>({ live: undefined, isServerLost: false, wasLive: false })

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
          wasLive: before.wasLive || live.broadcast !== null,
        }))
      } catch {
        // A single failure changes nothing for the viewer: the player goes on by itself.
        failures += 1
        if (failures === LOST_AFTER_FAILURES) setNow((before) => ({ ...before, isServerLost: true }))
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
    void ask()
    return () => {
      closed.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      removeEventListener('online', wake)
    }
  }, [slug])

  return now
}
