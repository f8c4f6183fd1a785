/** Fields that only the look of alerts has. */
import type { ComponentProps } from 'preact'
import { useId } from 'preact/hooks'
import { unknownPlaceholders } from '../../shared/alert-template.ts'
import { type AlertFile, TEMPLATE_MAX_CHARS } from '../../shared/contracts/alert-settings.ts'
import { t } from '../i18n/studio-alerts.ts'
import { Field, SelectField } from '../ui/field.tsx'

interface TemplateFieldProps {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly error: string | undefined
}

/** Says at once what the server would refuse. */
export function TemplateField({ value, onInput, error }: TemplateFieldProps) {
  const [unknown] = unknownPlaceholders(value)
  const wrong =
    unknown === undefined
      ? value.trim() === ''
        ? t('templateMissing')
        : error
      : `${t('templateUnknown', { what: unknown })} {nama} {jumlah} {pesan}, {name} {amount} {message}.`
  return (
    <Field
      label={t('template')}
      hint={t('templateHint')}
      value={value}
      onInput={onInput}
      isRequired
      maxLength={TEMPLATE_MAX_CHARS}
      error={wrong}
    />
  )
}

type LabelledInputProps = ComponentProps<'input'> & { readonly label: string }

function LabelledInput({ label, ...input }: LabelledInputProps) {
  const id = useId()
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input id={id} {...input} />
    </div>
  )
}

interface RangeFieldProps {
  readonly label: string
  readonly value: number
  readonly least: number
  readonly greatest: number
  readonly onInput: (value: number) => void
}

export function RangeField({ least, greatest, onInput, ...shown }: RangeFieldProps) {
  return (
    <LabelledInput
      {...shown}
      class="range"
      type="range"
      min={least}
      max={greatest}
      onInput={(event) => onInput(Number(event.currentTarget.value))}
    />
  )
}

interface ColourFieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
}

export function ColourField({ onInput, ...shown }: ColourFieldProps) {
  return (
    <LabelledInput
      {...shown}
      class="colour"
      type="color"
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  )
}

interface SecondsFieldProps {
  readonly label: string
  readonly hint?: string
  readonly ms: number
  /** What one is; a second unless said otherwise. */
  readonly unitMs?: number
  readonly leastMs: number
  readonly greatestMs: number
  readonly onChange: (ms: number) => void
  readonly error: string | undefined
}

export function SecondsField({ label, hint, ms, unitMs = 1_000, error, ...rest }: SecondsFieldProps) {
  const id = useId()
  return (
    <div class="stack stack-tight">
      <LabelledInput
        label={label}
        class="input"
        type="number"
        required
        min={rest.leastMs / unitMs}
        max={rest.greatestMs / unitMs}
        step={unitMs === 1_000 ? 0.5 : 1}
        defaultValue={String(ms / unitMs)}
        aria-invalid={error !== undefined}
        aria-describedby={id}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          if (Number.isFinite(valueAsNumber)) rest.onChange(Math.round(valueAsNumber * unitMs))
        }}
      />
      {(hint ?? error) !== undefined && (
        <div id={id}>
          {hint !== undefined && <div class="field-hint">{hint}</div>}
          {error !== undefined && (
            <div class="field-error" role="alert">
              {error}
            </div>
          )}
        </div>
      )}
    </div>
  )
}

interface FileChoiceProps {
  readonly kind: 'image' | 'audio'
  readonly files: readonly AlertFile[]
  readonly value: string | null
  readonly onChange: (id: string | null) => void
}

export function FileChoice({ kind, files, value, onChange }: FileChoiceProps) {
  return (
    <SelectField
      label={t(kind === 'image' ? 'image' : 'sound')}
      value={value ?? ''}
      options={[
        { value: '', label: t(kind === 'image' ? 'imageDefault' : 'soundDefault') },
        ...files
          .filter(({ type }) => type.startsWith(`${kind}/`))
          .map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(id) => onChange(id === '' ? null : id)}
    />
  )
}
