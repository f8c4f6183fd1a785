/** Steers hls.js between the picture sizes of a broadcast. */
import { Hls } from 'hls.js/light'
import {
  firstSide,
  indexWithin,
  type QualityChoice,
  shorterSide,
  sidesOf,
  sizesInPlaylist,
} from './quality.ts'

export interface QualityState {
  /** What there is to choose from: shorter sides, largest first. */
  readonly sides: readonly number[]
  /** Of the picture that is shown. */
  readonly shownSide: number | undefined
}

export interface QualitySwitch {
  readonly choose: (choice: QualityChoice) => void
  close(): void
}

interface QualitySwitchOptions {
  readonly playlist: string
  readonly address: (url: string) => string
  readonly choice: QualityChoice
  readonly onChange: (state: QualityState) => void
}

/** hls.js reads the list of sizes once, and some are ready only seconds after a broadcast has begun. */
const LOOK_AGAIN_MS = [6_000, 20_000, 60_000]

export function qualitySwitch(
  hls: Hls,
  { playlist, address, choice: first, onChange }: QualitySwitchOptions,
): QualitySwitch {
  const closing = new AbortController()
  let choice = first
  let offered: readonly number[] = []
  let shownSide: number | undefined

  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    const start = choice === 'auto' ? firstSide(thisDevice()) : choice
    if (start !== undefined) hls.startLevel = indexWithin(hls.levels, start)
    apply()
    offer(sidesOf(hls.levels))
  })
  hls.on(Hls.Events.LEVEL_SWITCHED, (_event, { level }) => {
    const size = hls.levels[level]
    shownSide = size && shorterSide(size)
    tell()
  })
  hls.on(Hls.Events.ERROR, (_event, { details }) => {
    // While nothing moves anyway: a size that hls.js does not know yet may suit this network better.
    if (details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && knowsMoreThanHls()) hls.loadSource(playlist)
  })
  const timers = LOOK_AGAIN_MS.map((afterMs) => setTimeout(() => void lookAgain(), afterMs))

  return {
    choose(next) {
      choice = next
      if (knowsMoreThanHls()) hls.loadSource(playlist)
      else apply()
      tell()
    },
    close() {
      closing.abort()
      timers.forEach(clearTimeout)
    },
  }

  /** What is buffered plays to its end, so that nothing stands still; at low latency that is a second. */
  function apply(): void {
    const level = choice === 'auto' ? -1 : indexWithin(hls.levels, choice)
    if (level !== (hls.autoLevelEnabled ? -1 : hls.loadLevel)) hls.loadLevel = level
    if (!thisDevice().savesData) return
    hls.capLevelToPlayerSize = false
    hls.autoLevelCapping = indexWithin(hls.levels, firstSide(thisDevice()) ?? 0)
  }

  function knowsMoreThanHls(): boolean {
    return offered.length > sidesOf(hls.levels).length
  }

  async function lookAgain(): Promise<void> {
    if (offered.length > 1) return
    try {
      const response = await fetch(address(playlist), { signal: closing.signal })
      if (response.ok) offer(sidesOf(sizesInPlaylist(await response.text())))
    } catch {
      // The player notices by itself when the network is gone.
    }
  }

  function offer(sides: readonly number[]): void {
    if (sides.length === 0 || closing.signal.aborted) return
    offered = sides
    tell()
  }

  function tell(): void {
    onChange({ sides: offered, shownSide })
  }
}

interface NetworkHints {
  readonly connection?: { readonly saveData?: boolean }
}

function thisDevice(): { isPhone: boolean; savesData: boolean } {
  const { connection } = navigator as NetworkHints
  return {
    isPhone: matchMedia('(pointer: coarse) and (max-width: 40rem)').matches,
    savesData: connection?.saveData === true,
  }
}
