import { t } from '../../i18n/uploads.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ProblemNotice } from '../../ui/feedback.tsx'
import { Button } from '../../ui/parts.tsx'
import type { Queued } from './queue.ts'

interface QueuedRowProps {
  readonly item: Queued
  readonly onRetry: () => void
  readonly onRemove: () => void
}

/** A file whose turn has not come. */
export function QueuedRow({ item: { file, state, problem }, onRetry, onRemove }: QueuedRowProps) {
  const named = (text: string): string => `${text}: ${file.name}`
  return (
    <div class="stack stack-tight">
      <p class="strong break">{file.name}</p>
      <p class="small muted" role="status">
        {formatBytes(file.size)} · {t(`queue_${state}`)}
      </p>
      <ProblemNotice problem={problem} />
      <div class="row">
        {state === 'failed' && (
          <Button isSmall label={named(t('retry'))} onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
        {state !== 'beginning' && (
          <Button isSmall tone="plain" label={named(t('dequeue'))} onClick={onRemove}>
            {t('dequeue')}
          </Button>
        )}
      </div>
    </div>
  )
}
