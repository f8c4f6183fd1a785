import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Badge } from './parts.tsx'

export interface Tab {
  /** Also the fragment of the address, so that a tab can be linked to. */
  readonly id: string
  readonly label: string
  /** Of what waits there; nothing is shown for 0. */
  readonly count?: number
  readonly isUrgent?: boolean
  readonly content: () => ComponentChildren
}

/** More than these are a list to choose from where the screen is narrow, and rows where it is wide. */
const MANY = 6

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
    // A count that arrives later pushes the tabs behind it.
  }, [open?.id, tabs.filter(({ count = 0 }) => count > 0).length])
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
  const isMany = tabs.length > MANY
  return (
    <div class="stack">
      {isMany && <TabChoice label={label} tabs={tabs} open={open} onSelect={select} />}
      <div
        ref={list}
        class={isMany ? 'tabs tabs-many' : 'tabs'}
        role="tablist"
        aria-label={label}
        onKeyDown={move}
      >
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
            <Count tab={tab} />
          </button>
        ))}
      </div>
      <div id={`${prefix}-panel`} key={open.id} role="tabpanel" aria-labelledby={`${prefix}-${open.id}`}>
        {open.content()}
      </div>
    </div>
  )
}

function Count({ tab: { count = 0, isUrgent = false } }: { tab: Tab }) {
  return count > 0 ? <Badge tone={isUrgent ? 'danger' : 'warn'}>{count}</Badge> : null
}

interface TabChoiceProps {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly open: Tab
  readonly onSelect: (id: string) => void
}

/** All of them in one list, and what waits in those that are not open. */
function TabChoice({ label, tabs, open, onSelect }: TabChoiceProps) {
  return (
    <div class="tab-choice">
      <select
        class="input"
        aria-label={label}
        value={open.id}
        onChange={({ currentTarget }) => onSelect(currentTarget.value)}
      >
        {tabs.map(({ id, label: name, count = 0 }) => (
          <option key={id} value={id}>
            {count > 0 ? `${name} (${count})` : name}
          </option>
        ))}
      </select>
      <div class="row">
        {tabs
          .filter((tab) => tab !== open && (tab.count ?? 0) > 0)
          .map((tab) => (
            <button
              key={tab.id}
              type="button"
              class="button button-plain button-small"
              onClick={() => onSelect(tab.id)}
            >
              {tab.label}
              <Count tab={tab} />
            </button>
          ))}
      </div>
    </div>
  )
}
