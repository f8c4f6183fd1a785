import { type ComponentType, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { onLanguageChange, startLanguage } from '../i18n/language.ts'
import { loadSession, type Session } from '../lib/session.ts'
import { SessionContext } from './context.ts'
import { Failed } from './feedback.tsx'
import { Spinner } from './parts.tsx'
import './styles/tokens.css'
import './styles/base.css'
import './styles/page.css'
import './styles/parts.css'

interface MountOptions {
  /** False on pages that have no member: set-up and admin. */
  readonly withMember?: boolean
  /** True only on the set-up page; every other page of a new installation leads there. */
  readonly beforeSetup?: boolean
}

/** Draws a page into `#app` once the session is known, and again when the language changes. */
export function mount(Page: ComponentType, options: MountOptions = {}): void {
  const root = document.getElementById('app')
  if (!root) throw new TypeError('Cannot find #app')
  startLanguage()
  // A new vnode each time: every component below reads the new language.
  const draw = (): void => render(<Root Page={Page} options={options} />, root)
  onLanguageChange(draw)
  draw()
}

function Root({ Page, options }: { Page: ComponentType; options: MountOptions }) {
  const [session, setSession] = useState<Session>()
  const [problem, setProblem] = useState<unknown>()

  const load = async (): Promise<void> => {
    setProblem(undefined)
    try {
      const loaded = await loadSession()
      if (!loaded.site.isSetUp && !options.beforeSetup) location.replace('/setup')
      else setSession(options.withMember === false ? { ...loaded, member: null } : loaded)
    } catch (error) {
      setProblem(error)
    }
  }
  useEffect(() => void load(), [])

  if (problem !== undefined) return <Failed problem={problem} onRetry={() => void load()} />
  if (!session) return <Spinner />
  const refresh = async (): Promise<void> => {
    const { member } = await loadSession()
    setSession((before) => before && { ...before, member })
  }
  return (
    <SessionContext.Provider value={{ ...session, refresh }}>
      <Page />
    </SessionContext.Provider>
  )
}
