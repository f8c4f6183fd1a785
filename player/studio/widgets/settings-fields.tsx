/** The fields that each widget has of its own. */
import type { FunctionComponent } from 'preact'
import {
  MAX_LATEST,
  MAX_LEADERS,
  PERIODS,
  RUNNING_TEXT_MAX_CHARS,
  TIMER_MS,
  type WidgetKind,
  type WidgetSettings,
} from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { formatInstant } from '../../lib/time.ts'
import { useSession } from '../../ui/context.ts'
import { CheckField, Field, SelectField } from '../../ui/field.tsx'
import { Button } from '../../ui/parts.tsx'
import { RangeField, SecondsField } from '../alert-fields.tsx'
import { AmountField, type SettingsFieldsProps, TitleField } from './title-field.tsx'
import { VoteFields } from './vote-fields.tsx'

const MINUTE_MS = 60_000

function GoalFields(props: SettingsFieldsProps<'goal'>) {
  const { settings, change, error } = props
  const { site } = useSession()
  return (
    <>
      <TitleField {...props} />
      <AmountField
        label={t('target')}
        value={settings.targetRupiah}
        onChange={(targetRupiah) => change({ targetRupiah })}
        error={error('targetRupiah')}
      />
      <AmountField
        label={t('start')}
        hint={t('startHint')}
        allowsZero
        value={settings.startRupiah}
        onChange={(startRupiah) => change({ startRupiah })}
        error={error('startRupiah')}
      />
      <div class="row row-between">
        <p class="small muted">
          {settings.since === 0
            ? t('sinceEver')
            : t('since', { time: formatInstant(settings.since, site.timeZone) })}
        </p>
        <Button isSmall tone="plain" onClick={() => change({ since: Date.now() })}>
          {t('sinceNow')}
        </Button>
      </div>
    </>
  )
}

function LeaderboardFields(props: SettingsFieldsProps<'leaderboard'>) {
  const { settings, change } = props
  return (
    <>
      <TitleField {...props} />
      <SelectField
        label={t('period')}
        value={settings.period}
        options={PERIODS.map((value) => ({ value, label: t(`period_${value}`) }))}
        onChange={(period) => change({ period: period as typeof settings.period })}
        hint={t('leadersHint')}
      />
      <RangeField
        label={t('rows', { value: settings.rows })}
        value={settings.rows}
        least={1}
        greatest={MAX_LEADERS}
        onInput={(rows) => change({ rows })}
      />
      <CheckField
        label={t('showsAmounts')}
        isChecked={settings.showsAmounts}
        onChange={(showsAmounts) => change({ showsAmounts })}
      />
    </>
  )
}

function RunningFields({ settings, change, error }: SettingsFieldsProps<'running'>) {
  return (
    <>
      <Field
        label={t('text')}
        hint={t('textHint')}
        value={settings.text}
        onInput={(text) => change({ text })}
        isLong
        isOptional
        maxLength={RUNNING_TEXT_MAX_CHARS}
        error={error('text')}
      />
      <RangeField
        label={t('donations', { value: settings.donations })}
        value={settings.donations}
        least={0}
        greatest={MAX_LATEST}
        onInput={(donations) => change({ donations })}
      />
      <CheckField
        label={t('showsMessages')}
        isChecked={settings.showsMessages}
        onChange={(showsMessages) => change({ showsMessages })}
      />
      <RangeField
        label={t('speed')}
        value={settings.speed}
        least={20}
        greatest={400}
        onInput={(speed) => change({ speed })}
      />
    </>
  )
}

function TimerFields(props: SettingsFieldsProps<'timer'>) {
  const { settings, change, error } = props
  return (
    <>
      <TitleField {...props} />
      <div class="fields-row">
        <AmountField
          label={t('unit')}
          value={settings.unitRupiah}
          onChange={(unitRupiah) => change({ unitRupiah })}
          error={error('unitRupiah')}
        />
        <SecondsField
          label={t('unitTime')}
          ms={settings.unitMs}
          leastMs={1_000}
          greatestMs={24 * 60 * MINUTE_MS}
          onChange={(unitMs) => change({ unitMs })}
          error={error('unitMs')}
        />
      </div>
      <SecondsField
        label={t('startTime')}
        ms={settings.startMs}
        unitMs={MINUTE_MS}
        leastMs={TIMER_MS.least}
        greatestMs={TIMER_MS.greatest}
        onChange={(startMs) => change({ startMs })}
        error={error('startMs')}
      />
      <SecondsField
        label={t('cap')}
        hint={t('capHint')}
        ms={settings.capMs}
        unitMs={MINUTE_MS}
        leastMs={TIMER_MS.least}
        greatestMs={TIMER_MS.greatest}
        onChange={(capMs) => change({ capMs })}
        error={error('capMs')}
      />
    </>
  )
}

/** Each is given the settings of its own kind: the editor holds one widget at a time. */
export const SETTINGS_FIELDS = {
  goal: GoalFields,
  leaderboard: LeaderboardFields,
  running: RunningFields,
  timer: TimerFields,
  vote: VoteFields,
  qr: TitleField,
} as unknown as Readonly<
  Record<
    WidgetKind,
    FunctionComponent<{
      settings: WidgetSettings[WidgetKind]
      change: (changes: object) => void
      error: (name: string) => string | undefined
    }>
  >
>
