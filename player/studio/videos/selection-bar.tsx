/** Several videos at once: published, made drafts, shown to others, deleted; each time one is asked first. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { VISIBILITIES, type Visibility } from '../../../shared/contracts/channels.ts'
import type { ChangeVideo, StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/video-library.ts'
import { t as videoWords } from '../../i18n/videos.ts'
import { problemText } from '../../lib/problem-text.ts'
import { ApiProblem } from '../../lib/api.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Notice, toast } from '../../ui/feedback.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Button } from '../../ui/parts.tsx'
import { changeEach } from './change-each.ts'

type Step = 'publish' | 'draft' | 'visibility' | 'remove'

interface SelectionBarProps {
  /** All that are shown. */
  readonly rows: readonly StudioVideo[]
  readonly chosen: ReadonlySet<string>
  readonly onChosen: (chosen: ReadonlySet<string>) => void
  readonly isOwner: boolean
  readonly titleOf: (video: StudioVideo) => string
  readonly change: (id: string, body: ChangeVideo) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  readonly onDone: () => void
}

/** Of these the dialog names each. */
const NAMED = 5

export function SelectionBar(props: SelectionBarProps) {
  const { rows, onChosen, titleOf } = props
  const all = useRef<HTMLInputElement>(null)
  const videos = rows.filter(({ id }) => props.chosen.has(id))
  const [step, setStep] = useState<Step>()
  const [visibility, setVisibility] = useState<Visibility>('public')
  const [done, setDone] = useState<number>()
  const [failure, setFailure] = useState<string>()
  const running = useRef(new AbortController())
  const count = videos.length
  const isAll = count === rows.length
  useEffect(() => {
    if (all.current) all.current.indeterminate = count > 0 && !isAll
  }, [count, isAll])
  useEffect(() => () => running.current.abort(), [])

  const size = formatBytes(videos.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  const changeOne = (id: string): Promise<void> => {
    if (step === 'remove') return props.remove(id).catch(unlessGone)
    if (step === 'visibility') return props.change(id, { visibility })
    return props.change(id, { isPublished: step === 'publish' })
  }
  const changeAll = async (): Promise<void> => {
    running.current = new AbortController()
    setFailure(undefined)
    const left = new Set(videos.map(({ id }) => id))
    try {
      const refused = await changeEach([...left], {
        change: async (id) => {
          await changeOne(id)
          left.delete(id)
        },
        onProgress: setDone,
        signal: running.current.signal,
      })
      const [problem] = refused.values()
      if (problem) setFailure(`${t('failed', { failed: refused.size, count })} ${problemText(problem)}`)
      if (left.size < count) toast(t('done', { count: count - left.size }))
    } finally {
      // What is left can be tried again.
      onChosen(left)
      setDone(undefined)
      props.onDone()
    }
  }
  const close = (): void => {
    running.current.abort()
    setStep(undefined)
  }
  return (
    <div class="stack stack-tight library-selection" data-on={count > 0}>
      <div class="row">
        <label class="check library-all">
          <input
            ref={all}
            type="checkbox"
            checked={isAll}
            onChange={({ currentTarget }) =>
              onChosen(new Set(currentTarget.checked ? rows.map(({ id }) => id) : []))
            }
          />
          <span role="status">{count === 0 ? t('chooseAll') : t('chosen', { count, size })}</span>
        </label>
        {count > 0 && (
          <div class="library-steps">
            <Button isSmall tone="plain" onClick={() => setStep('publish')}>
              {t('publish')}
            </Button>
            <Button isSmall tone="plain" onClick={() => setStep('draft')}>
              {t('draft')}
            </Button>
            <Button isSmall tone="plain" onClick={() => setStep('visibility')}>
              {t('visibilityButton')}
            </Button>
            {props.isOwner && (
              <Button isSmall tone="danger" onClick={() => setStep('remove')}>
                {t('remove')}
              </Button>
            )}
          </div>
        )}
      </div>
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
      <ConfirmDialog
        isOpen={step !== undefined}
        title={step ? t(`${step}Title`, { count }) : ''}
        confirmLabel={t(step === 'visibility' ? 'visibilityConfirm' : (step ?? 'publish'))}
        isDanger={step === 'remove'}
        isDisabled={count === 0}
        onConfirm={changeAll}
        onClose={close}
      >
        {(step === 'publish' || step === 'draft') && <p>{t(`${step}Text`)}</p>}
        {step === 'remove' && <p>{t('removeText', { size })}</p>}
        {step === 'visibility' && (
          <SelectField
            label={videoWords('visibility')}
            value={visibility}
            onChange={(value) => setVisibility(value as Visibility)}
            options={VISIBILITIES.map((value) => ({ value, label: videoWords(`visibility_${value}`) }))}
          />
        )}
        <ul class="library-named">
          {videos.slice(0, NAMED).map((video) => (
            <li key={video.id} class="break">
              {titleOf(video)}
            </li>
          ))}
          {count > NAMED && <li class="muted">{t('andMore', { count: count - NAMED })}</li>}
        </ul>
        {done !== undefined && (
          <p role="status">
            <progress max={count} value={done} /> {t('progress', { done, count })}
          </p>
        )}
      </ConfirmDialog>
    </div>
  )
}

/** Somebody else deleted it, or this page a moment ago. */
function unlessGone(problem: unknown): void {
  if (!(problem instanceof ApiProblem && problem.code === 'not_found')) throw problem
}
