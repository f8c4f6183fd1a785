import { useEffect, useRef } from 'preact/hooks'

/**
 * Keys of a player: of all of its parts, and letters and digits from nowhere too, because a button that vanished leaves
 * the focus to the page. Space and arrows belong to whatever has the focus: a button, a slider, the page that scrolls.
 * @param actionOf by `KeyboardEvent.key`, letters in lower case
 */
export function useKeys(
  frame: { readonly current: HTMLElement | null },
  actionOf: (key: string) => (() => void) | undefined,
): void {
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target } = event
    if (event.altKey || event.ctrlKey || event.metaKey || target instanceof HTMLSelectElement) return
    const isOurs = target === document.body || (target instanceof Node && frame.current?.contains(target))
    const isSign = event.key.length === 1 && event.key !== ' '
    if (!isOurs || (!isSign && target !== frame.current)) return
    const action = actionOf(isSign ? event.key.toLowerCase() : event.key)
    if (!action) return
    event.preventDefault()
    action()
  }
  const latest = useRef(onKeyDown)
  latest.current = onKeyDown
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => latest.current(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
