/** Widgets: one is chosen, set and tried; beside it how it looks, and its link for OBS. */
import { useState } from 'preact/hooks'
import {
  WIDGET_KINDS,
  WIDGET_TEXT_PX,
  type WidgetKind,
  type WidgetSettings,
  WidgetsView,
} from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { call, get } from '../../lib/api.ts'
import { fieldText } from '../../lib/problem-text.ts'
import { Failed, Notice, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { SelectField } from '../../ui/field.tsx'
import { useAction, useLoad } from '../../ui/hooks.ts'
import { Button, Card, Spinner } from '../../ui/parts.tsx'
import { useStudioEvents } from '../events.ts'
import { LookFields } from '../look-fields.tsx'
import { withDonation } from '../../overlay/widgets/view.ts'
import { WidgetLinkCard } from './link-card.tsx'
import { WidgetPreview } from './preview.tsx'
import { SETTINGS_FIELDS } from './settings-fields.tsx'
import { TimerControls } from './timer-controls.tsx'
import { VoteControls } from './vote-controls.tsx'

interface WidgetsTabProps {
  readonly slug: string
  readonly isOwner: boolean
}

export function WidgetsTab({ slug, isOwner }: WidgetsTabProps) {
  const view = useLoad((signal) => get(`/api/studio/${slug}/widgets`, WidgetsView, signal), [slug])
  const [kind, setKind] = useState<WidgetKind>('goal')
  useStudioEvents((event) => {
    if (view.state !== 'ready') return
    // Without its place in the stream it is the next one: the studio reads anew after every gap.
    if (event.type === 'widget_donation')
      view.setValue(withDonation(view.value, event.donation, view.value.head + 1))
    if (event.type === 'widgets_changed' || event.type === 'reconnected') void view.reload()
  })
  if (view.state === 'loading') return <Spinner />
  if (view.state === 'failed') return <Failed problem={view.problem} onRetry={() => void view.reload()} />
  const choice = (
    <SelectField
      label={t('choose')}
      value={kind}
      options={WIDGET_KINDS.map((value) => ({ value, label: t(`kind_${value}`) }))}
      onChange={(value) => setKind(value as WidgetKind)}
    />
  )
  return (
    <Editor
      key={kind}
      slug={slug}
      kind={kind}
      view={view.value}
      isOwner={isOwner}
      choice={choice}
      onChange={view.setValue}
    />
  )
}

interface EditorProps extends WidgetsTabProps {
  readonly kind: WidgetKind
  readonly view: WidgetsView
  readonly choice: preact.ComponentChildren
  readonly onChange: (view: WidgetsView) => void
}

function Editor({ slug, kind, view, isOwner, choice, onChange }: EditorProps) {
  const saved = view.settings[kind]
  const [draft, setDraft] = useState<WidgetSettings[WidgetKind]>(saved)
  const change = (changes: object): void => setDraft((before) => ({ ...before, ...changes }))
  const save = useAction(async () => {
    const path = `/api/studio/${slug}/widgets/${kind}`
    const answer = await call('PUT', path, { body: draft, schema: WidgetsView })
    onChange(answer)
    setDraft(answer.settings[kind])
    toast(t('saved'))
  })
  const error = (name: string): string | undefined => fieldText(save.problem, name)
  const Fields = SETTINGS_FIELDS[kind]
  const controls = { slug, view, onChange }
  return (
    <div class="stack">
      {choice}
      <div class="columns">
        <div class="stack">
          {kind === 'timer' && <TimerControls {...controls} />}
          {kind === 'vote' && <VoteControls {...controls} />}
          {isOwner ? (
            <form class="stack" onSubmit={save.run}>
              <Card title={t('settings')}>
                <Fields settings={draft} change={change} error={error} />
              </Card>
              <Card title={t('style')}>
                <LookFields
                  textPx={WIDGET_TEXT_PX}
                  look={draft.look}
                  onChange={(changes) => change({ look: { ...draft.look, ...changes } })}
                />
              </Card>
              <ProblemNotice problem={save.problem} />
              <div class="row">
                <Button type="submit" tone="main" isBusy={save.isBusy}>
                  {t('save')}
                </Button>
                {JSON.stringify(draft) !== JSON.stringify(saved) && (
                  <span class="small muted">{t('unsaved')}</span>
                )}
              </div>
            </form>
          ) : (
            <Notice>{t('ownerOnly')}</Notice>
          )}
          {isOwner && <WidgetLinkCard slug={slug} kind={kind} />}
        </div>
        <div class="stack preview-column">
          <WidgetPreview kind={kind} view={{ ...view, settings: { ...view.settings, [kind]: draft } }} />
        </div>
      </div>
    </div>
  )
}
