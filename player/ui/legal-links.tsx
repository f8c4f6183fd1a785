import { LEGAL_PAGES } from '../../shared/contracts/legal.ts'
import { t } from '../i18n/legal.ts'
import { useSession } from './context.ts'

/** Opened beside a form, so that nothing typed into it is lost. */
export function LegalLinks({ isNewTab = false }: { isNewTab?: boolean }) {
  const { site } = useSession()
  // Nothing is paid where there are no donations.
  const pages = LEGAL_PAGES.filter((name) => name !== 'refunds' || site.donationsEnabled)
  return (
    <span class="legal-links">
      {pages.map((name) => (
        <a key={name} href={`/${name}`} {...(isNewTab && { target: '_blank', rel: 'noopener' })}>
          {t(name)}
        </a>
      ))}
    </span>
  )
}

/** Below the button that agrees to them. */
export function Agreement({ to }: { to: 'byRegistering' | 'byDonating' }) {
  return (
    <p class="small muted center">
      {t(to)} <LegalLinks isNewTab />
    </p>
  )
}
