import { t } from '../../i18n/uploads.ts'
import { Notice } from '../../ui/feedback.tsx'
import { Button } from '../../ui/parts.tsx'
import { type FileChoice, MAX_QUEUED } from './file-choice.ts'

/** Of these each is named. */
const NAMED = 5

/** What was chosen or dropped and is not sent, with the reason. */
export function RefusedFiles({ refused, onClose }: { refused: FileChoice['refused']; onClose: () => void }) {
  if (refused.length === 0) return null
  return (
    <Notice tone="danger">
      <ul>
        {refused.slice(0, NAMED).map(({ name, reason }, place) => (
          <li key={place} class="break">
            <span class="strong">{name}</span>: {t(`not_${reason}`, { max: MAX_QUEUED })}
          </li>
        ))}
        {refused.length > NAMED && <li>{t('andMore', { count: refused.length - NAMED })}</li>}
      </ul>
      <Button isSmall tone="plain" onClick={onClose}>
        {t('putAway')}
      </Button>
    </Notice>
  )
}
