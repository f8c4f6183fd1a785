import { useEffect, useState } from 'preact/hooks'
import { Broadcast } from '../../shared/contracts/channels.ts'
import { Video } from '../../shared/contracts/videos.ts'
import { get } from '../lib/api.ts'
import { backoffMs } from '../lib/backoff.ts'

export interface Recording {
  readonly id: string
  /** It is finished and, where it is for everybody, listed. */
  readonly isReady: boolean
}

/** An audience learns of the end all at once. */
const WAIT = { firstMs: 2_000, maxMs: 60_000, random: Math.random }
/** About ten minutes: not every broadcast is recorded, nor every recording published. */
const MAX_TRIES = 16

/** Asks for the recording of a broadcast that is over, until it is ready. */
export function useRecording(broadcastId: string | undefined): Recording | undefined {
  const [recording, setRecording] = useState<Recording>()

  useEffect(() => {
    setRecording(undefined)
    if (broadcastId === undefined) return
    const closed = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (tries: number): Promise<void> => {
      const found = await findRecording(broadcastId, closed.signal)
      if (closed.signal.aborted) return
      if (found) setRecording(found)
      if (!found?.isReady) askLater(tries + 1)
    }
    const askLater = (tries: number): void => {
      if (tries < MAX_TRIES) timer = setTimeout(() => void ask(tries), backoffMs(tries, WAIT))
    }
    askLater(0)
    return () => {
      closed.abort()
      clearTimeout(timer)
    }
  }, [broadcastId])

  return recording
}

async function findRecording(broadcastId: string, signal: AbortSignal): Promise<Recording | undefined> {
  try {
    const { videoId } = await get(`/api/broadcasts/${broadcastId}`, Broadcast, signal)
    if (videoId === null) return undefined
    const { state } = await get(`/api/videos/${videoId}`, Video, signal)
    return { id: videoId, isReady: state === 'ready' }
  } catch {
    // Offered when it can be had; the page is whole without it.
    return undefined
  }
}
