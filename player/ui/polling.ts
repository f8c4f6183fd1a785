import { useEffect, useRef } from 'preact/hooks'

/**
 * Repeats `work` while the page is in view, and at once when it comes back into view or is turned to again.
 * A failure changes nothing: the next turn tries again.
 */
export function usePolling(work: (signal: AbortSignal) => Promise<void>, everyMs: number): void {
  const latest = useRef(work)
  latest.current = work
  useEffect(() => {
    const stop = new AbortController()
    let isBusy = false
    const turn = async (): Promise<void> => {
      if (document.hidden || isBusy) return
      isBusy = true
      try {
        await latest.current(AbortSignal.any([stop.signal, AbortSignal.timeout(everyMs)]))
      } catch {
        // What was shown stands until a later turn succeeds.
      }
      isBusy = false
    }
    const run = (): void => void turn()
    const timer = setInterval(run, everyMs)
    document.addEventListener('visibilitychange', run)
    addEventListener('focus', run)
    return () => {
      stop.abort()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', run)
      removeEventListener('focus', run)
    }
  }, [everyMs])
}
