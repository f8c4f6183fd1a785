import { useRef } from 'preact/hooks'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { get } from '../lib/api.ts'
import { type Loading, useLoad } from '../ui/hooks.ts'
import { usePolling } from '../ui/polling.ts'

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
  const state = useRef(loading.state)
  state.current = loading.state
  // A poll that began before the owner saved something must not undo it on the screen.
  const changes = useRef(0)

  const readAgain = async (signal?: AbortSignal): Promise<void> => {
    const began = changes.current
    if (state.current !== 'ready') return
    const channel = await read(signal)
    if (signal?.aborted !== true && began === changes.current) loading.setValue(channel)
  }
  usePolling(readAgain, isLive ? POLL_LIVE_MS : POLL_OFFLINE_MS)

  return {
    loading: {
      ...loading,
      setValue: (channel) => {
        changes.current += 1
        loading.setValue(channel)
      },
    },
    // The next poll tries again.
    refresh: () => readAgain().catch(() => undefined),
  }
}
