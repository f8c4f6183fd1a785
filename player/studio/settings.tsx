/** What an owner may change about the channel. */
import { useState } from 'preact/hooks'
import {
  CHANNEL_MEMO_MAX_CHARS,
  CHANNEL_TITLE_MAX_CHARS,
  VISIBILITIES,
  type Visibility,
  RECORDING_MODES,
  type RecordingMode,
} from '../../shared/contracts/channels.ts'
import { LINK_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { LATENCY_MODES, type LatencyMode } from '../../shared/contracts/internal.ts'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { t as videos } from '../i18n/videos.ts'
import { call } from '../lib/api.ts'
import { changes } from '../lib/changes.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, ChoiceField, Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { AlertChaptersField } from './alert-chapters-field.tsx'
import { BannerCard } from './banner.tsx'
import { OperatorsCard } from './operators.tsx'

interface SettingsTabProps {
  readonly channel: StudioChannel
  readonly hasDonations: boolean
  readonly onChange: (channel: StudioChannel) => void
}

export function SettingsTab({ channel, hasDonations, onChange }: SettingsTabProps) {
  return (
    <div class="columns">
      <div class="stack">
        <ChannelCard channel={channel} hasDonations={hasDonations} onChange={onChange} />
        <AddressCard channel={channel} />
      </div>
      <div class="stack">
        <BannerCard channel={channel} onChange={onChange} />
        {channel.mayGoOnAir && <OperatorsCard channel={channel} onChange={onChange} />}
      </div>
    </div>
  )
}

function ChannelCard({ channel, hasDonations, onChange }: SettingsTabProps) {
  const [title, setTitle] = useState(channel.title)
  const [memo, setMemo] = useState(channel.memo)
  const [elsewhere, setElsewhere] = useState(channel.elsewhereUrl ?? '')
  const [latencyMode, setLatencyMode] = useState(channel.latencyMode)
  const [visibility, setVisibility] = useState(channel.visibility)
  const [recordingMode, setRecordingMode] = useState(channel.recordingMode)
  const [alertChaptersFrom, setAlertChaptersFrom] = useState(channel.alertChaptersFrom)
  const [donationsEnabled, setDonationsEnabled] = useState(channel.donationsEnabled)
  const save = useAction(async () => {
    const before = {
      title: channel.title,
      memo: channel.memo,
      elsewhereUrl: channel.elsewhereUrl,
      latencyMode: channel.latencyMode,
      visibility: channel.visibility,
      recordingMode: channel.recordingMode,
      alertChaptersFrom: channel.alertChaptersFrom,
      donationsEnabled: channel.donationsEnabled,
    }
    const now = {
      title,
      memo,
      elsewhereUrl: httpsAddress(elsewhere),
      latencyMode,
      visibility,
      recordingMode,
      alertChaptersFrom,
      donationsEnabled,
    }
    const body = changes(before, now)
    const changed = await call('PATCH', `/api/studio/${channel.slug}`, { body, schema: StudioChannel })
    setElsewhere(changed.elsewhereUrl ?? '')
    onChange(changed)
    toast(t('saved'))
  })
  return (
    <Card title={t('channelTitle')}>
      <ActionForm action={save} label={t('save')} button="main">
        <Field
          label={t('channelName')}
          value={title}
          onInput={setTitle}
          isRequired
          maxLength={CHANNEL_TITLE_MAX_CHARS}
          error={fieldText(save.problem, 'title')}
        />
        <Field
          label={t('memo')}
          hint={t(hasDonations ? 'memoHint' : 'memoHintNoMoney')}
          value={memo}
          onInput={setMemo}
          isLong
          isOptional
          maxLength={CHANNEL_MEMO_MAX_CHARS}
          error={fieldText(save.problem, 'memo')}
        />
        <Field
          label={t('elsewhere')}
          hint={t(channel.mayGoOnAir ? 'elsewhereHint' : 'elsewhereHintOnly')}
          value={elsewhere}
          onInput={setElsewhere}
          inputMode="url"
          autoComplete="off"
          placeholder="https://www.youtube.com/@nama/live"
          isOptional
          maxLength={LINK_MAX_CHARS}
          error={fieldText(save.problem, 'elsewhereUrl')}
        />
        {channel.mayGoOnAir && (
          <ChoiceField
            legend={t('visibility')}
            value={visibility}
            onChange={(choice) => setVisibility(choice as Visibility)}
            options={VISIBILITIES.map((choice) => ({
              value: choice,
              label: t(`visibility_${choice}`),
              hint: t(`visibility_${choice}Hint`),
            }))}
          />
        )}
        {channel.mayGoOnAir && (
          <div class="stack stack-tight">
            <ChoiceField
              legend={t('latency')}
              value={latencyMode}
              onChange={(mode) => setLatencyMode(mode as LatencyMode)}
              options={LATENCY_MODES.map((mode) => ({
                value: mode,
                label: t(`latency_${mode}`),
                hint: t(`latency_${mode}Hint`),
              }))}
            />
            <ChoiceField
              legend={videos('mode')}
              value={recordingMode}
              onChange={(mode) => setRecordingMode(mode as RecordingMode)}
              options={RECORDING_MODES.map((mode) => ({
                value: mode,
                label: videos(`mode_${mode}`),
                hint: videos(`mode_${mode}Hint`),
              }))}
            />
            {hasDonations && recordingMode !== 'off' && (
              <AlertChaptersField value={alertChaptersFrom} onChange={setAlertChaptersFrom} />
            )}
            <p class="small muted">{t('latencyNext')}</p>
          </div>
        )}
        {hasDonations && (
          <CheckField
            label={t('donationsOn')}
            hint={t('donationsOnHint')}
            isChecked={donationsEnabled}
            onChange={setDonationsEnabled}
          />
        )}
      </ActionForm>
    </Card>
  )
}

/** As people write it: `youtube.com/@dewi`. Null when the field is left empty. */
function httpsAddress(text: string): string | null {
  const address = text.trim()
  return address === '' ? null : /^[a-z][a-z\d+.-]*:/i.test(address) ? address : `https://${address}`
}

const SLUG_MAX_CHARS = 32

function AddressCard({ channel }: { channel: StudioChannel }) {
  const [slug, setSlug] = useState(channel.slug)
  const [isAsking, setAsking] = useState(false)
  const wanted = slug.trim().toLowerCase()

  const change = useAction(async () => {
    const path = `/api/studio/${channel.slug}`
    const changed = await call('PATCH', path, { body: { slug: wanted }, schema: StudioChannel })
    location.replace(`/studio/${changed.slug}#settings`)
  })
  return (
    <Card title={t('slugTitle')}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          setAsking(true)
        }}
      >
        <Field
          label={t('slug')}
          hint={t('slugHint')}
          value={slug}
          onInput={setSlug}
          type="text"
          autoComplete="off"
          isRequired
          maxLength={SLUG_MAX_CHARS}
          error={fieldText(change.problem, 'slug')}
        />
        {channel.live && <p class="small">{t('slugOnAir')}</p>}
        <ProblemNotice problem={change.problem} />
        <div>
          <Button
            type="submit"
            tone="plain"
            isBusy={change.isBusy}
            isDisabled={wanted === '' || wanted === channel.slug || channel.live !== null}
          >
            {t('slugChange')}
          </Button>
        </div>
      </form>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('slugChangeTitle')}
        confirmLabel={t('slugChange')}
        // A refused address is shown beside its field, not in the dialog.
        onConfirm={() => {
          change.run()
          return Promise.resolve()
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('slugChangeText', { old: `/c/${channel.slug}`, new: `/c/${wanted}` })}</p>
      </ConfirmDialog>
    </Card>
  )
}
