import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveState } from '../../shared/contracts/channels.ts'
import { hasOnlyNativeHls } from '../lib/native-source.ts'
import { storeOf } from '../lib/storage.ts'
import { type PassHandle, type PassState, startViewerPass, withToken } from '../lib/viewer-pass.ts'

export interface Pass {
  /** `undefined` until the first answer, and while there is nothing to watch. */
  readonly state: PassState | undefined
  /** Whether the media may be asked for now. */
  readonly mayPlay: boolean
  /** Of an address under `/live/`: with the token of now. */
  readonly address: (url: string) => string
  /** Of the token of now, on the clock of `performance.now()`. */
  readonly endsAt: () => number | undefined
}

/** Where everybody may watch nothing waits for the pass: it is only counted by. */
export function usePass(slug: string, live: LiveState | undefined): Pass {
  const [state, setState] = useState<PassState>()
  const handle = useRef<PassHandle>(undefined)
  const address = useRef((url: string) => handle.current?.address(url) ?? withToken(url, undefined))
  const isOn = Boolean(live?.broadcast)
  const needsToken = live?.needsToken === true

  const endsAt = useRef(() => handle.current?.endsAt())

  // Anew when the rules of the channel change: a pass from before may be worth nothing now.
  useEffect(() => {
    if (!isOn) return
    const started = startViewerPass({
      slug,
      isNative: hasOnlyNativeHls(),
      storage: storeOf(() => sessionStorage),
      onState: setState,
    })
    handle.current = started
    return () => {
      started.close()
      handle.current = undefined
    }
  }, [slug, isOn, needsToken])
  useEffect(() => {
    if (!isOn) setState(undefined)
  }, [slug, isOn])

  const mayPlay = isOn && (!needsToken || state === 'ready')
  return { state, mayPlay, address: address.current, endsAt: endsAt.current }
}
