import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'

export interface Tab {
  /** Also the fragment of the address, so that a tab can be linked to. */
  readonly id: string
  readonly label: string
  readonly badge?: ComponentChildren
  readonly content: () => ComponentChildren
}

/** Tabs by the ARIA pattern: arrow keys, Home and End move, only the open one is drawn. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const prefix = useId()
  const [hash, setHash] = useState(location.hash.slice(1))
  const list = useRef<HTMLDivElement>(null)
  const known = useRef<readonly string[]>([])
  known.current = tabs.map(({ id }) => id)
  useEffect(() => {
    // The skip link has a fragment too, and leads into the tab that is open.
    const follow = (): void =>
      setHash((before) => (known.current.includes(location.hash.slice(1)) ? location.hash.slice(1) : before))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const open = tabs.find(({ id }) => id === hash) ?? tabs[0]
  useEffect(() => {
    // Only the row of tabs moves: `scrollIntoView` would move the page too.
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected=true]')
    if (!list.current || !tab) return
    list.current.scrollLeft = tab.offsetLeft - (list.current.clientWidth - tab.offsetWidth) / 2
    // A badge that arrives later pushes the tabs behind it.
  }, [open?.id, tabs.filter(({ badge }) => badge).length])
  if (!open) return null

  const select = (id: string): void => {
    history.replaceState(history.state, '', `#${id}`)
    setHash(id)
  }
  const move = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(open)
    const places = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }
    const place = places[event.key as keyof typeof places]
    const next = place === undefined ? undefined : tabs[place % tabs.length]
    if (!next) return
    event.preventDefault()
    select(next.id)
    document.getElementById(`${prefix}-${next.id}`)?.focus()
  }
  return (
    <div class="stack">
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${prefix}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab === open}
            aria-controls={`${prefix}-panel`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => select(tab.id)}
          >
            {tab.label}
            {tab.badge}
          </button>
        ))}
      </div>
      <div id={`${prefix}-panel`} key={open.id} role="tabpanel" aria-labelledby={`${prefix}-${open.id}`}>
        {open.content()}
      </div>
    </div>
  )
}
