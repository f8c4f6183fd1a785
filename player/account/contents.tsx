/** What the account page holds, to jump to: it is long, and on a phone the most wanted stands last. */
import type { ComponentChildren } from 'preact'
import { t } from '../i18n/account-contents.ts'
import './contents.css'

/** In the order in which people look for them. */
const SECTIONS = [
  'notifications',
  'rights',
  'picture',
  'name',
  'mail',
  'password',
  'devices',
  'activity',
  'data',
] as const
type SectionName = (typeof SECTIONS)[number]

export function Contents() {
  return (
    <nav class="contents" aria-label={t('title')}>
      {SECTIONS.map((name) => (
        <a key={name} href={`#${name}`}>
          {t(name)}
        </a>
      ))}
    </nav>
  )
}

export function Section({ name, children }: { name: SectionName; children: ComponentChildren }) {
  return (
    <div id={name} class="stack account-section" tabIndex={-1}>
      {children}
    </div>
  )
}
