/** `/terms`, `/privacy` and `/refunds`, as whoever runs the site wrote them. */
import { LegalPage, type LegalPageName } from '../../shared/contracts/legal.ts'
import { readSimpleText, type TextBlock } from '../../shared/simple-text.ts'
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/legal.ts'
import { get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Spinner } from '../ui/parts.tsx'
import './legal.css'

const name: LegalPageName =
  location.pathname === '/privacy' ? 'privacy' : location.pathname === '/refunds' ? 'refunds' : 'terms'

function LegalTextPage() {
  const { site } = useSession()
  const language = currentLanguage()
  const loaded = useLoad(
    (signal) => get(`/api/legal/${name}?language=${language}`, LegalPage, signal),
    [language],
  )
  return (
    <Page title={t(name)} isNarrow>
      {loaded.state === 'loading' && <Spinner />}
      {loaded.state === 'failed' && <Failed problem={loaded.problem} onRetry={() => void loaded.reload()} />}
      {loaded.state === 'ready' && (
        <article class="legal">
          <h1>{t(name)}</h1>
          {readSimpleText(loaded.value.text.replaceAll('{site}', () => site.name)).map((block, index) => (
            <Block key={index} block={block} />
          ))}
          <p class="small muted">
            {loaded.value.updatedAt === null
              ? t('defaultVersion')
              : t('version', {
                  version: loaded.value.version,
                  date: formatInstant(loaded.value.updatedAt, site.timeZone, 'date'),
                })}
          </p>
        </article>
      )}
    </Page>
  )
}

function Block({ block }: { block: TextBlock }) {
  if (block.kind !== 'list') return block.kind === 'heading' ? <h2>{block.text}</h2> : <p>{block.text}</p>
  return (
    <ul>
      {block.items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  )
}

mount(LegalTextPage)
