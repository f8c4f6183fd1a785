import { t } from '../i18n/elsewhere.ts'
import { placeOf } from '../lib/links.ts'
import { ELSEWHERE } from './linked-text.tsx'

/** To where a streamer goes on air who does so elsewhere, and its name: nobody is led away unawares. */
export function ElsewhereButton({ url, tone = 'main' }: { url: string; tone?: 'main' | 'soft' }) {
  return (
    <a class={`button button-${tone}`} href={url} data-elsewhere {...ELSEWHERE}>
      {t('watch', { place: placeOf(url) })} <span aria-hidden="true">↗</span>
    </a>
  )
}
