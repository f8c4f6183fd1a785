/** Captions of a video: files of several languages, each replaced or deleted by itself. */
import { useRef, useState } from 'preact/hooks'
import { MAX_CAPTION_BYTES } from '../../../shared/captions/parse-captions.ts'
import { CAPTION_LABEL_MAX_CHARS, StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/video-page.ts'
import { call } from '../../lib/api.ts'
import { fieldText } from '../../lib/problem-text.ts'
import { Notice, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { Field, SelectField } from '../../ui/field.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Badge, Button, Card } from '../../ui/parts.tsx'

interface VideoCaptionsProps {
  /** Of the video in the studio's API. */
  readonly path: string
  readonly video: StudioVideo
  readonly onChange: (video: StudioVideo) => void
}

const LANGUAGES = ['id', 'en', 'jv', 'su', 'ms', 'ar', 'zh'] as const
/** In their own words, as viewers look for them. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  id: 'Bahasa Indonesia',
  en: 'English',
  jv: 'Basa Jawa',
  su: 'Basa Sunda',
  ms: 'Bahasa Melayu',
  ar: 'العربية',
  zh: '中文',
}

export function VideoCaptionsCard({ path, video, onChange }: VideoCaptionsProps) {
  const input = useRef<HTMLInputElement>(null)
  const removing = useRef(0)
  const [language, setLanguage] = useState<string>('id')
  const [label, setLabel] = useState(OWN_NAMES['id'] ?? '')
  const [isTooLarge, setTooLarge] = useState(false)
  const add = useAction(async () => {
    const file = input.current?.files?.[0]
    if (!file) return
    setTooLarge(file.size > MAX_CAPTION_BYTES)
    if (file.size > MAX_CAPTION_BYTES) return
    const query = new URLSearchParams({ language, label })
    // Browsers name these files in several ways, or not at all.
    const body = new Blob([file], { type: 'application/octet-stream' })
    onChange(await call('PUT', `${path}/captions?${query}`, { body, schema: StudioVideo }))
    toast(t('captionsAdded'))
  })
  const remove = useAction(async () => {
    onChange(await call('DELETE', `${path}/captions/${removing.current}`, { schema: StudioVideo }))
    toast(t('captionsRemoved'))
  })
  return (
    <Card title={t('captions')}>
      <p class="small muted">{t('captionsText')}</p>
      {video.captions.length === 0 && <p class="small">{t('captionsNone')}</p>}
      <ul class="list">
        {video.captions.map((caption) => (
          <li key={caption.id} class="row row-between">
            <span class="row">
              <span class="break">{caption.label}</span>
              <Badge>{caption.language}</Badge>
            </span>
            <Button
              isSmall
              tone="danger"
              label={t('captionsRemove', { label: caption.label })}
              isBusy={remove.isBusy}
              onClick={() => {
                removing.current = caption.id
                remove.run()
              }}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
      <SelectField
        label={t('captionsLanguage')}
        value={language}
        onChange={(chosen) => {
          setLanguage(chosen)
          setLabel(OWN_NAMES[chosen] ?? '')
        }}
        options={LANGUAGES.map((value) => ({ value, label: t(`language_${value}`) }))}
      />
      <Field
        label={t('captionsLabel')}
        hint={t('captionsLabelHint')}
        value={label}
        onInput={setLabel}
        maxLength={CAPTION_LABEL_MAX_CHARS}
        error={fieldText(add.problem, 'label')}
      />
      {isTooLarge && <Notice tone="danger">{t('captionsTooLarge')}</Notice>}
      <ProblemNotice problem={add.problem ?? remove.problem} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('captionsAdd')}
        accept=".vtt,.srt,text/vtt,application/x-subrip"
        onChange={() => {
          add.run()
          // The same file may be chosen again after it was refused.
          queueMicrotask(() => {
            if (input.current) input.current.value = ''
          })
        }}
      />
      <div>
        <Button isSmall isBusy={add.isBusy} onClick={() => input.current?.click()}>
          {t('captionsAdd')}
        </Button>
      </div>
      <p class="field-hint">{t('captionsHint')}</p>
    </Card>
  )
}
