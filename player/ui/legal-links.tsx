import { LEGAL_PAGES } from '../../shared/contracts/legal.ts'
import { t } from '../i18n/legal.ts'

/** Opened beside a form, so that nothing typed into it is lost. */
export function LegalLinks({ isNewTab = false }: { isNewTab?: boolean }) {
  return (
    <span class="legal-links">
      {LEGAL_PAGES.map((name) => (
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
