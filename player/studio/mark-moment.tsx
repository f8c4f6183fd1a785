/** Marks a moment of what is on air, by button or key; it becomes a chapter of the recording. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { CHAPTER_LABEL_MAX_CHARS } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/marks.ts'
import { call } from '../lib/api.ts'
import { formatDuration } from '../lib/time.ts'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

interface MarkMomentProps {
  readonly slug: string
  /** Of the broadcast, Unix ms. */
  readonly startedAt: number
}

const KEY = 'b'

export function MarkMoment({ slug, startedAt }: MarkMomentProps) {
  const [label, setLabel] = useState('')
  const mark = useAction(async () => {
    const time = formatDuration(Math.max(0, Date.now() - startedAt))
    const body = { label: label.trim() || t('unnamed', { time }) }
    await call('POST', `/api/studio/${slug}/marks`, { body })
    setLabel('')
    toast(t('marked', { time }))
  })
  const run = useRef(mark.run)
  run.current = mark.run
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { key, repeat, altKey, ctrlKey, metaKey } = event
      if (key.toLowerCase() !== KEY || repeat || altKey || ctrlKey || metaKey || isTyping(event)) return
      run.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <form class="stack stack-tight" onSubmit={mark.run}>
      <Field
        label={t('label')}
        hint={t('hint')}
        isOptional
        value={label}
        onInput={setLabel}
        maxLength={CHAPTER_LABEL_MAX_CHARS}
      />
      <ProblemNotice problem={mark.problem} />
      <div>
        <Button type="submit" isBusy={mark.isBusy}>
          {t('mark')}
        </Button>
      </div>
    </form>
  )
}

/** The letter belongs to whatever takes letters, and to a dialog that is open. */
function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null
}
