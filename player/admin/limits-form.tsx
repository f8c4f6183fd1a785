/** The limits of a broadcast as fields; whoever shows them saves them. */
import { useState } from 'preact/hooks'
import type { ChannelLimits } from '../../shared/contracts/limits.ts'
import { t } from '../i18n/limits.ts'
import { readLimit, writeLimit } from '../lib/limit-text.ts'
import { Field, SelectField } from '../ui/field.tsx'

const BITS_PER_KILOBIT = 1000
const SECONDS_PER_HOUR = 3600
const RESOLUTIONS = [480, 720, 1080, 1440, 2160]
const NUMBER_MAX_CHARS = 12

export interface LimitTexts {
  readonly bitrate: string
  readonly resolution: string
  readonly hours: string
  readonly viewers: string
}

export interface LimitsForm {
  readonly texts: LimitTexts
  readonly set: (some: Partial<LimitTexts>) => void
  /** `undefined` while a field holds no number. */
  readonly limits: ChannelLimits | undefined
}

export function useLimitsForm(limits: ChannelLimits): LimitsForm {
  const [texts, setTexts] = useState<LimitTexts>({
    bitrate: writeLimit(limits.maxBitrateBps, BITS_PER_KILOBIT),
    resolution: writeLimit(limits.maxResolution, 1),
    hours: writeLimit(limits.maxDurationSeconds, SECONDS_PER_HOUR),
    viewers: writeLimit(limits.maxViewers, 1),
  })
  return {
    texts,
    set: (some) => setTexts((before) => ({ ...before, ...some })),
    limits: limitsOf(texts),
  }
}

function limitsOf({ bitrate, resolution, hours, viewers }: LimitTexts): ChannelLimits | undefined {
  const maxBitrateBps = readLimit(bitrate, BITS_PER_KILOBIT)
  const maxResolution = readLimit(resolution, 1)
  const maxDurationSeconds = readLimit(hours, SECONDS_PER_HOUR)
  const maxViewers = readLimit(viewers, 1)
  if (maxBitrateBps === undefined || maxResolution === undefined) return undefined
  if (maxDurationSeconds === undefined || maxViewers === undefined) return undefined
  return { maxBitrateBps, maxResolution, maxDurationSeconds, maxViewers }
}

interface LimitFieldsProps {
  readonly form: LimitsForm
  /** What the server says of a field of `ChannelLimits`. */
  readonly errorOf: (name: keyof ChannelLimits) => string | undefined
}

export function LimitFields({ form: { texts, set }, errorOf }: LimitFieldsProps) {
  const chosen = Number(texts.resolution)
  // A limit that was set over the API may be none of those offered here.
  const offered =
    texts.resolution === '' || RESOLUTIONS.includes(chosen) ? RESOLUTIONS : [...RESOLUTIONS, chosen]
  return (
    <>
      <LimitField
        label={t('maxBitrate')}
        hint={t('maxBitrateHint')}
        text={texts.bitrate}
        unit={BITS_PER_KILOBIT}
        onInput={(bitrate) => set({ bitrate })}
        error={errorOf('maxBitrateBps')}
      />
      <SelectField
        label={t('maxResolution')}
        value={texts.resolution}
        options={[
          { value: '', label: t('none') },
          ...offered.map((height) => ({ value: String(height), label: `${height}p` })),
        ]}
        onChange={(resolution) => set({ resolution })}
        error={errorOf('maxResolution')}
      />
      <LimitField
        label={t('maxHours')}
        hint={t('maxHoursHint')}
        text={texts.hours}
        unit={SECONDS_PER_HOUR}
        onInput={(hours) => set({ hours })}
        error={errorOf('maxDurationSeconds')}
      />
      <LimitField
        label={t('maxViewers')}
        hint={t('maxViewersHint')}
        text={texts.viewers}
        unit={1}
        onInput={(viewers) => set({ viewers })}
        error={errorOf('maxViewers')}
      />
    </>
  )
}

interface LimitFieldProps {
  readonly label: string
  readonly hint: string
  readonly text: string
  /** What one of the number stands for. */
  readonly unit: number
  readonly onInput: (text: string) => void
  readonly error: string | undefined
}

export function LimitField({ label, hint, text, unit, onInput, error }: LimitFieldProps) {
  return (
    <Field
      label={label}
      hint={hint}
      value={text}
      onInput={onInput}
      inputMode="decimal"
      autoComplete="off"
      placeholder={t('none')}
      maxLength={NUMBER_MAX_CHARS}
      error={readLimit(text, unit) === undefined ? t('notANumber') : error}
    />
  )
}
