/** Whether somebody is about to use the player's controls: they hide from a viewer who only watches. */
import { useEffect, useRef, useState } from 'preact/hooks'

const IDLE_MS = 3_000

/** True when nobody has moved over or typed into the player for a while. */
export function useIdle(frame: { current: HTMLDivElement | null }): boolean {
  const [isIdle, setIdle] = useState(false)
  useEffect(() => {
    const element = frame.current
    let timer: ReturnType<typeof setTimeout> | undefined
    const wake = (): void => {
      setIdle(false)
      clearTimeout(timer)
      timer = setTimeout(() => setIdle(true), IDLE_MS)
    }
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    for (const type of events) element?.addEventListener(type, wake)
    wake()
    return () => {
      clearTimeout(timer)
      for (const type of events) element?.removeEventListener(type, wake)
    }
  }, [])
  return isIdle
}

/** True once `isRunning` has lasted for `ms`; stays true. */
export function useElapsed(isRunning: boolean, ms: number): boolean {
  const [hasElapsed, setElapsed] = useState(false)
  useEffect(() => {
    if (!isRunning) return
    const timer = setTimeout(() => setElapsed(true), ms)
    return () => clearTimeout(timer)
  }, [isRunning, ms])
  return hasElapsed
}

/**
 * What a finger does to the player. Its first touch on hidden controls only brings them back, wherever it
 * lands: a button that nobody sees is not meant.
 * @param isHidden whether the controls are hidden now
 */
export function useTouch(isHidden: boolean) {
  const last = useRef({ isTouch: false, wasHidden: false })
  return {
    isTouch: () => last.current.isTouch,
    onPointerDown: (event: PointerEvent): void => {
      last.current = { isTouch: event.pointerType === 'touch', wasHidden: isHidden }
    },
    onClick: (event: MouseEvent): void => {
      const { isTouch, wasHidden } = last.current
      // A click without a pointer is the keyboard's.
      const isOnUnmute = event.target instanceof Element && event.target.closest('.player-unmute')
      if (event.detail === 0 || !isTouch || !wasHidden || isOnUnmute) return
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
