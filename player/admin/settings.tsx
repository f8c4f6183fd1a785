import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { ChannelCard } from '../../shared/contracts/channels.ts'
import { type Preset, type Registration, SiteSettings } from '../../shared/contracts/site.ts'
import { t as admin } from '../i18n/admin.ts'
import { t } from '../i18n/admin-site.ts'
import { call, get } from '../lib/api.ts'
import { changes } from '../lib/changes.ts'
import { fieldText } from '../lib/problem-text.ts'
import { useSession } from '../ui/context.ts'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { LegalCard } from './legal-card.tsx'
import { MailCard } from './mail-card.tsx'
import { presetChanges } from './preset.ts'
import { RetentionCard } from '../videos/retention-card.tsx'
import { SiteWordsCard } from './site-words.tsx'
import { timeZones } from '../setup/time-zones.ts'

const Channels = v.object({ channels: v.array(ChannelCard) })
const NAME_MAX_CHARS = 60
const URL_MAX_CHARS = 200
const REGISTRATIONS: readonly Registration[] = ['open', 'invited', 'closed']
const PRESETS: readonly Preset[] = ['streamers', 'organisation']

interface SettingsTabProps {
  readonly settings: SiteSettings
  readonly onChange: (settings: SiteSettings) => void
}

export function SettingsTab({ settings, onChange }: SettingsTabProps) {
  const { site } = useSession()
  const [values, setValues] = useState(settings)
  const set = (some: Partial<SiteSettings>): void => setValues((before) => ({ ...before, ...some }))
  const save = useAction(async () => {
    const body = changes(settings, values)
    const saved = await call('PATCH', '/api/admin/site', { body, schema: SiteSettings })
    setValues(saved)
    onChange(saved)
    toast(admin('saved'))
    // The frame and every time on the page hold these from when it was opened.
    if (saved.name !== site.name || saved.timeZone !== site.timeZone) location.reload()
  })
  const channels = useLoad(async (signal) => (await get('/api/admin/channels', Channels, signal)).channels)
  const listed = channels.state === 'ready' ? channels.value : []
  const { problem } = save
  const isChanged = Object.keys(changes(settings, values)).length > 0
  return (
    <div class="stack">
      <form class="columns" onSubmit={save.run}>
        <div class="stack">
          <Card title={t('siteTitle')}>
            <Field
              label={t('name')}
              value={values.name}
              onInput={(name) => set({ name })}
              isRequired
              maxLength={NAME_MAX_CHARS}
              error={fieldText(problem, 'name')}
            />
            <SelectField
              label={t('timeZone')}
              value={values.timeZone}
              options={timeZones(values.timeZone)}
              onChange={(timeZone) => set({ timeZone })}
              error={fieldText(problem, 'timeZone')}
            />
            <SelectField
              label={t('registration')}
              value={values.registration}
              options={REGISTRATIONS.map((value) => ({ value, label: t(value) }))}
              onChange={(registration) => set({ registration: registration as Registration })}
            />
            <SelectField
              label={t('preset')}
              value={values.preset}
              options={PRESETS.map((value) => ({ value, label: t(value) }))}
              onChange={(preset) =>
                set(
                  presetChanges(
                    preset as Preset,
                    listed.map(({ slug }) => slug),
                  ),
                )
              }
              {...(values.preset !== settings.preset && { hint: t(`${values.preset}Applied`) })}
            />
            <HomeChannelField
              channels={listed}
              chosen={values.homeChannel}
              onChange={(homeChannel) => set({ homeChannel })}
              error={fieldText(problem, 'homeChannel')}
            />
            <CheckField
              label={t('donationsEnabled')}
              hint={t('donationsEnabledHint')}
              isChecked={values.donationsEnabled}
              onChange={(donationsEnabled) => set({ donationsEnabled })}
            />
          </Card>
        </div>
        <div class="stack">
          <Card title={t('addressTitle')}>
            <Field
              label={t('publicUrl')}
              hint={t('publicUrlHint')}
              type="url"
              value={values.publicUrl}
              onInput={(publicUrl) => set({ publicUrl })}
              isRequired
              maxLength={URL_MAX_CHARS}
              error={fieldText(problem, 'publicUrl')}
            />
            <Field
              label={t('rtmpUrl')}
              hint={t('rtmpUrlHint')}
              type="url"
              value={values.rtmpUrl}
              onInput={(rtmpUrl) => set({ rtmpUrl })}
              isRequired
              maxLength={URL_MAX_CHARS}
              error={fieldText(problem, 'rtmpUrl')}
            />
          </Card>
          <ProblemNotice problem={problem} />
          <Button type="submit" tone="main" isWide isBusy={save.isBusy} isDisabled={!isChanged}>
            {admin('save')}
          </Button>
        </div>
      </form>
      <SiteWordsCard />
      <RetentionCard path="/api/admin/retention" />
      <MailCard />
      <LegalCard />
    </div>
  )
}

interface HomeChannelFieldProps {
  readonly channels: readonly ChannelCard[]
  readonly chosen: string | null
  readonly onChange: (slug: string | null) => void
  readonly error: string | undefined
}

function HomeChannelField({ channels: listed, chosen, onChange, error }: HomeChannelFieldProps) {
  const options = listed.map(({ slug, title }) => ({ value: slug, label: `${title} (/c/${slug})` }))
  // While the list loads, or when it is too long to hold the chosen one.
  const isMissing = chosen !== null && !listed.some(({ slug }) => slug === chosen)
  return (
    <SelectField
      label={t('homeChannel')}
      value={chosen ?? ''}
      options={[
        { value: '', label: t('homeAll') },
        ...(isMissing ? [{ value: chosen, label: `/c/${chosen}` }] : []),
        ...options,
      ]}
      onChange={(slug) => onChange(slug === '' ? null : slug)}
      error={error}
    />
  )
}
