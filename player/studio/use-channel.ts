import { useEffect, useRef } from 'preact/hooks'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { get } from '../lib/api.ts'
import { type Loading, useLoad } from '../ui/hooks.ts'

/** Health has no event of its own; the origin reports it every 5 s. */
const POLL_LIVE_MS = 5_000
/** Going on air arrives as an event; this only repairs one that was missed. */
const POLL_OFFLINE_MS = 30_000

export interface ChannelHandle {
  readonly loading: Loading<StudioChannel>
  /** Reads again behind what is shown: a failure changes nothing. */
  readonly refresh: () => Promise<void>
}

export function useChannel(slug: string): ChannelHandle {
  const read = (signal?: AbortSignal): Promise<StudioChannel> =>
    get(`/api/studio/${encodeURIComponent(slug)}`, StudioChannel, signal)
  const loading = useLoad(read, [slug])
  const isLive = loading.state === 'ready' && loading.value.live !== null
  const isReady = loading.state === 'ready'

  const isReading = useRef(false)
  const refresh = async (): Promise<void> => {
    if (isReading.current) return
    isReading.current = true
    try {
      loading.setValue(await read(AbortSignal.timeout(POLL_LIVE_MS)))
    } catch {
      // The next poll tries again, and every action of the reader reports its own failure.
    }
    isReading.current = false
  }
  const latest = useRef(refresh)
  latest.current = refresh

  useEffect(() => {
    if (!isReady) return undefined
    const wake = (): void => {
      if (!document.hidden) void latest.current()
    }
    const timer = setInterval(wake, isLive ? POLL_LIVE_MS : POLL_OFFLINE_MS)
    document.addEventListener('visibilitychange', wake)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', wake)
    }
  }, [isReady, isLive])

  return { loading, refresh: () => latest.current() }
}
