/** Setting the overlay up, in the words that OBS uses in the reader's language (obs-browser's own translations). */
import { t } from '../i18n/studio-alerts.ts'
import { Button, Card } from '../ui/parts.tsx'
import { obsLink } from './obs-link.ts'

/** @param url the whole link with its key, as long as this page knows it */
export function ObsGuide({ url }: { url: string | undefined }) {
  return (
    <Card title={t('guideTitle')}>
      {url !== undefined && (
        <div class="stack stack-tight">
          <p>{t('guideDrag')}</p>
          <p>
            <Button href={obsLink(url, t('dragLink'))}>⠿ {t('dragLink')}</Button>
          </p>
        </div>
      )}
      <ol class="steps">
        {(['guide1', 'guide2', 'guide3', 'guide4', 'guide5', 'guide6'] as const).map((step) => (
          <li key={step}>{t(step)}</li>
        ))}
      </ol>
    </Card>
  )
}
