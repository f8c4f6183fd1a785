import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { formatRupiah } from '../../shared/rupiah.ts'
import type { Member } from '../../shared/contracts/accounts.ts'
import type { Site } from '../../shared/contracts/site.ts'
import { currentLanguage, LANGUAGES, setLanguage } from '../i18n/language.ts'
import { t } from '../i18n/shell.ts'
import { signInPath } from '../lib/next-path.ts'
import { problemText } from '../lib/problem-text.ts'
import { signOut } from '../lib/session.ts'
import { Avatar } from './avatar.tsx'
import { useSession } from './context.ts'
import { toast, Toasts } from './feedback.tsx'
import { LegalLinks } from './legal-links.tsx'
import logo from './logo.svg'

export interface NavLink {
  readonly href: string
  readonly label: string
}

interface PageProps {
  /** Of the browser's tab; the site's name is added. */
  readonly title: string
  readonly isNarrow?: boolean
  /** Replaces the member's links, e.g. on admin pages. */
  readonly nav?: readonly NavLink[]
  /** Replaces the sign-in links and the account menu. */
  readonly account?: ComponentChildren
  readonly children: ComponentChildren
}

/** The frame of every page but the overlay. */
export function Page({ title, isNarrow = false, nav, account, children }: PageProps) {
  const { site, member, isAdmin } = useSession()
  useEffect(() => {
    document.title = title === site.name ? title : `${title} · ${site.name}`
  }, [title, site.name])
  const links = nav ?? [
    ...memberLinks(site, member),
    ...(isAdmin ? [{ href: '/admin', label: t('admin') }] : []),
  ]
  // The site's name leads home already.
  const hasNav = links.length > 1
  return (
    <div class="page">
      <a class="skip" href="#main">
        {t('skip')}
      </a>
      <header class="header">
        <div class="header-row">
          <a class="brand" href="/">
            <img src={logo} alt="" />
            <span>{site.name || 'Panggung'}</span>
          </a>
          {hasNav && (
            <nav class="nav" aria-label={t('menu')}>
              {links.map(({ href, label }) => (
                <a key={href} href={href} aria-current={isHere(href) ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
          )}
          <div class="header-end">
            <LanguageSwitch />
            {account ?? (member ? <AccountMenu member={member} site={site} /> : <SignInLinks site={site} />)}
          </div>
        </div>
      </header>
      <main id="main" class={isNarrow ? 'main main-narrow' : 'main'} tabIndex={-1}>
        {children}
      </main>
      <footer class="footer">
        {site.isSetUp && <LegalLinks />}
        <span>{t('footer', { name: site.name || 'Panggung' })}</span>
      </footer>
      <Toasts />
    </div>
  )
}

/** Only what the reader's rights and the installation allow. */
function memberLinks(site: Site, member: Member | null): NavLink[] {
  if (!site.isSetUp) return []
  const links = [{ href: '/', label: t('home') }]
  if (!member) return links
  if (member.channels.length > 0 || member.rights.length > 0)
    links.push({ href: '/studio', label: t('studio') })
  if (site.donationsEnabled) links.push({ href: '/wallet', label: t('wallet') })
  links.push({ href: '/account', label: t('account') })
  return links
}

function isHere(href: string): boolean {
  return href === '/' ? location.pathname === '/' : `${location.pathname}/`.startsWith(`${href}/`)
}

function LanguageSwitch() {
  return (
    <div class="language" role="group" aria-label={t('language')}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={currentLanguage() === language}
          onClick={() => setLanguage(language)}
        >
          {language.toUpperCase()}
        </button>
      ))}
    </div>
  )
}

function SignInLinks({ site }: { site: Site }) {
  if (!site.isSetUp) return null
  const isSigningIn = ['/sign-in', '/register'].includes(location.pathname)
  const here = isSigningIn ? '/' : location.pathname + location.search
  return (
    <a class="header-link header-link-main" href={signInPath(here)}>
      {t('signIn')}
    </a>
  )
}

function AccountMenu({ member, site }: { member: Member; site: Site }) {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const closeOutside = (event: Event): void => {
      const element = menu.current
      const isOutside = event.target instanceof Node && !element?.contains(event.target)
      if (element?.open && isOutside) element.open = false
    }
    const closeOnEscape = (event: KeyboardEvent): void => {
      const element = menu.current
      if (event.key !== 'Escape' || !element?.open) return
      element.open = false
      element.querySelector('summary')?.focus()
    }
    document.addEventListener('pointerdown', closeOutside)
    document.addEventListener('keydown', closeOnEscape)
    return () => {
      document.removeEventListener('pointerdown', closeOutside)
      document.removeEventListener('keydown', closeOnEscape)
    }
  }, [])

  const leave = async (): Promise<void> => {
    try {
      await signOut()
      location.assign('/')
    } catch (problem) {
      toast(problemText(problem), 'danger')
    }
  }
  return (
    <details class="menu" ref={menu}>
      <summary aria-label={t('accountMenu')}>
        <Avatar name={member.username} url={member.avatarUrl} />
        <span class="menu-name">{member.username}</span>
        {member.unreadNotifications > 0 && (
          <span class="menu-dot" aria-label={t('unread', { count: member.unreadNotifications })}>
            {member.unreadNotifications}
          </span>
        )}
      </summary>
      <div class="menu-sheet">
        {site.donationsEnabled && (
          <p class="muted small">{t('balance', { amount: formatRupiah(member.balanceRupiah) })}</p>
        )}
        {memberLinks(site, member).map(({ href, label }) => (
          <a key={href} href={href}>
            {label}
          </a>
        ))}
        <button type="button" onClick={() => void leave()}>
          {t('signOut')}
        </button>
      </div>
    </details>
  )
}
