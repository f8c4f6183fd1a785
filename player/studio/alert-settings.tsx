/** How alerts look and sound, with a preview beside every change. */
import { useState } from 'preact/hooks'
import {
  ALERT_ANIMATIONS,
  ALERT_POSITIONS,
  type AlertLook,
  AlertSettingsView,
  DURATION_MS,
  LATE_AFTER_MS,
  TEXT_SIZE_PX,
} from '../../shared/contracts/alert-settings.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t as lookText } from '../i18n/look.ts'
import { t } from '../i18n/studio-alerts.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { FileChoice, RangeField, SecondsField, TemplateField } from './alert-fields.tsx'
import { AlertFiles } from './alert-files.tsx'
import { AlertPreview } from './alert-preview.tsx'
import { AlertVariations } from './alert-variations.tsx'
import { LookFields } from './look-fields.tsx'
import { SpeechCard } from './speech-card.tsx'

interface AlertSettingsTabProps {
  readonly slug: string
  readonly isOwner: boolean
  readonly onMinimum: (minimumAlertRupiah: number) => void
}

export function AlertSettingsTab({ slug, isOwner, onMinimum }: AlertSettingsTabProps) {
  const path = `/api/studio/${slug}/alert-settings`
  const settings = useLoad((signal) => get(path, AlertSettingsView, signal), [slug])
  if (settings.state === 'loading') return <Spinner />
  if (settings.state === 'failed')
    return <Failed problem={settings.problem} onRetry={() => void settings.reload()} />
  if (!isOwner)
    return (
      <div class="stack">
        <Notice>{t('ownerOnly')}</Notice>
        <AlertPreview settings={settings.value} />
      </div>
    )
  return <Editor slug={slug} saved={settings.value} onMinimum={onMinimum} />
}

interface EditorProps {
  readonly slug: string
  readonly saved: AlertSettingsView
  readonly onMinimum: (minimumAlertRupiah: number) => void
}

function Editor({ slug, saved, onMinimum }: EditorProps) {
  const [kept, setKept] = useState(saved)
  const [draft, setDraft] = useState(saved)
  const [minimumText, setMinimumText] = useState(formatRupiah(saved.minimumAlertRupiah))
  const change = (changes: Partial<AlertSettingsView>): void =>
    setDraft((before) => ({ ...before, ...changes }))
  const style = (changes: Partial<AlertLook>): void =>
    setDraft((before) => ({ ...before, look: { ...before.look, ...changes } }))
  const save = useAction(async () => {
    const { files: _, ...body } = draft
    const answer = await call('PUT', `/api/studio/${slug}/alert-settings`, {
      body,
      schema: AlertSettingsView,
    })
    setKept(answer)
    setDraft(answer)
    onMinimum(answer.minimumAlertRupiah)
    toast(t('saved'))
  })
  const isChanged = JSON.stringify(draft) !== JSON.stringify(kept)
  const error = (name: string): string | undefined => fieldText(save.problem, name)
  const { look, files } = draft
  return (
    <div class="columns">
      <form class="stack" onSubmit={save.run}>
        <Card title={t('lookTitle')}>
          <TemplateField
            value={draft.template}
            onInput={(template) => change({ template })}
            error={error('template')}
          />
          <RupiahField
            label={t('minimum')}
            text={minimumText}
            allowsZero
            hint={t('minimumHint')}
            onInput={(text) => {
              setMinimumText(text)
              const minimumAlertRupiah = readAmount(text, true)
              if (minimumAlertRupiah !== undefined) change({ minimumAlertRupiah })
            }}
            error={error('minimumAlertRupiah')}
          />
          <div class="fields-row">
            <SecondsField
              label={t('duration')}
              ms={draft.durationMs}
              leastMs={DURATION_MS.least}
              greatestMs={DURATION_MS.greatest}
              onChange={(durationMs) => change({ durationMs })}
              error={error('durationMs')}
            />
            <SecondsField
              label={t('gap')}
              ms={look.gapMs}
              leastMs={0}
              greatestMs={30_000}
              onChange={(gapMs) => style({ gapMs })}
              error={error('look.gapMs')}
            />
          </div>
          <SecondsField
            label={t('late')}
            hint={t('lateSetting')}
            ms={draft.lateAfterMs}
            unitMs={60_000}
            leastMs={LATE_AFTER_MS.least}
            greatestMs={LATE_AFTER_MS.greatest}
            onChange={(lateAfterMs) => change({ lateAfterMs })}
            error={error('lateAfterMs')}
          />
          <CheckField
            label={t('inStream')}
            hint={t('inStreamHint')}
            isChecked={draft.inStream}
            onChange={(inStream) => change({ inStream })}
          />
        </Card>
        <Card title={t('styleTitle')}>
          <FileChoice
            kind="image"
            files={files}
            value={draft.imageId}
            onChange={(imageId) => change({ imageId })}
          />
          <FileChoice
            kind="audio"
            files={files}
            value={draft.soundId}
            onChange={(soundId) => change({ soundId })}
          />
          <RangeField
            label={t('volume', { value: look.volumePercent })}
            value={look.volumePercent}
            least={0}
            greatest={100}
            onInput={(volumePercent) => style({ volumePercent })}
          />
          <div class="fields-row">
            <SelectField
              label={t('position')}
              value={look.position}
              options={ALERT_POSITIONS.map((value) => ({
                value,
                label: t(`position_${value.replace('-', '_') as 'top_left'}`),
              }))}
              onChange={(position) => style({ position: position as AlertLook['position'] })}
            />
            <SelectField
              label={t('animation')}
              value={look.animation}
              options={ALERT_ANIMATIONS.map((value) => ({ value, label: t(`animation_${value}`) }))}
              onChange={(animation) => style({ animation: animation as AlertLook['animation'] })}
            />
          </div>
          <LookFields
            look={look}
            textPx={TEXT_SIZE_PX}
            accentLabel={lookText('nameColour')}
            onChange={style}
          />
        </Card>
        <SpeechCard
          slug={slug}
          speech={look.speech}
          onChange={(changes) => style({ speech: { ...look.speech, ...changes } })}
          error={error}
        />
        <AlertVariations
          variations={draft.variations}
          files={files}
          template={draft.template}
          onChange={(variations) => change({ variations })}
          error={error}
        />
        <ProblemNotice problem={save.problem} />
        <div class="row">
          <Button
            type="submit"
            tone="main"
            isBusy={save.isBusy}
            isDisabled={readAmount(minimumText, true) === undefined}
          >
            {t('save')}
          </Button>
          {isChanged && <span class="small muted">{t('unsaved')}</span>}
        </div>
      </form>
      <div class="stack preview-column">
        <AlertPreview settings={draft} />
        <AlertFiles
          slug={slug}
          files={files}
          onChange={(changed) => {
            change({ files: changed })
            setKept((before) => ({ ...before, files: changed }))
          }}
        />
      </div>
    </div>
  )
}
