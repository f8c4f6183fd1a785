import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { formatRupiah, MAX_AMOUNT_RUPIAH, parseRupiah, readRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/shell.ts'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: ComponentChildren
  /** `fieldText(problem, 'name')` */
  readonly error?: string | undefined
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'number' | 'search'
  readonly name?: string
  readonly autoComplete?: string
  readonly isRequired?: boolean
  readonly isOptional?: boolean
  readonly maxLength?: number
  readonly placeholder?: string
  readonly inputMode?: 'text' | 'decimal' | 'numeric' | 'email' | 'url'
  /** A textarea with what is left of `maxLength`. */
  readonly isLong?: boolean
  /** Of a field that appears because it is the next to fill in. */
  readonly hasFocus?: boolean
}

export function Field(props: FieldProps) {
  const id = useId()
  const { label, value, hint, error, maxLength, isLong = false, hasFocus = false } = props
  const [isRevealed, setRevealed] = useState(false)
  const isPassword = props.type === 'password'
  const shared = {
    id,
    class: 'input',
    name: props.name,
    value,
    required: props.isRequired,
    maxLength,
    placeholder: props.placeholder,
    autoComplete: props.autoComplete,
    'aria-invalid': error !== undefined,
    'aria-describedby': described(id, props),
    // In the page's language, which need not be the browser's.
    onInvalid: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      currentTarget.setCustomValidity(currentTarget.validity.valueMissing ? t('field_missing') : ''),
  }
  return (
    <div class="field">
      <FieldLabel id={id} label={label} isOptional={props.isOptional ?? false} />
      {isLong ? (
        <textarea {...shared} rows={3} onInput={(event) => props.onInput(validAgain(event.currentTarget))} />
      ) : (
        <div class={isPassword ? 'password' : undefined}>
          <input
            {...shared}
            {...inputType(isRevealed ? 'text' : props.type)}
            inputMode={props.inputMode}
            ref={hasFocus ? focusOnce : null}
            autoCapitalize={props.type === undefined ? undefined : 'none'}
            spellcheck={isPassword ? false : undefined}
            onInput={(event) => props.onInput(validAgain(event.currentTarget))}
          />
          {isPassword && (
            <button
              type="button"
              class="button button-plain"
              aria-pressed={isRevealed}
              aria-controls={id}
              aria-describedby={`${id}-label`}
              onClick={() => setRevealed(!isRevealed)}
            >
              {t('reveal')}
            </button>
          )}
        </div>
      )}
      <FieldHint id={id} hint={hint} />
      {isLong && maxLength !== undefined && (
        <div class="field-hint">{t('charsLeft', { count: Math.max(0, maxLength - value.length) })}</div>
      )}
      <FieldError id={id} error={error} />
    </div>
  )
}

function focusOnce(input: HTMLInputElement | null): void {
  input?.focus()
}

/** A text of ours counts as wrong until it is taken back. */
function validAgain(input: HTMLInputElement | HTMLTextAreaElement): string {
  input.setCustomValidity('')
  return input.value
}

// Preact types each kind of input apart, by what ARIA allows it; a field sets no role, so all are one here.
function inputType(type: FieldProps['type'] = 'text') {
  return { type } as { type: 'text' }
}

interface RupiahFieldProps {
  readonly label: string
  /** What the person typed. Read it with `parseRupiah`. */
  readonly text: string
  readonly onInput: (text: string, amount: number | undefined) => void
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
  /** A minimum may be zero; money that moves may not. */
  readonly allowsZero?: boolean
}

/** Echoes how the amount was read, so that `10.000` is never taken for ten. */
export function RupiahField({ label, text, onInput, hint, error, allowsZero = false }: RupiahFieldProps) {
  const id = useId()
  const amount = readAmount(text, allowsZero)
  const wrong = amount === undefined ? amountText(text, allowsZero) : undefined
  return (
    <div class="field">
      <FieldLabel id={id} label={label} isOptional={false} />
      <input
        id={id}
        class="input"
        inputMode="decimal"
        autoComplete="off"
        enterKeyHint="next"
        value={text}
        placeholder="Rp10.000"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-echo ${id}-error`}
        onInput={({ currentTarget: { value } }) => onInput(value, readAmount(value, allowsZero))}
      />
      <div id={`${id}-echo`} class={amount === undefined ? 'field-echo' : 'field-echo field-echo-ok'}>
        {text.trim() === ''
          ? hint
          : amount === undefined
            ? // Said once: below, as soon as the form was sent.
              error === undefined && wrong
            : t('amountRead', { amount: formatRupiah(amount) })}
      </div>
      <FieldError id={id} error={error && (wrong ?? error)} />
    </div>
  )
}

/** What is wrong with it, and what to write instead. */
function amountText(text: string, allowsZero: boolean): string {
  const read = readRupiah(text)
  const problem = 'problem' in read ? read.problem : 'unreadable'
  const limit = formatRupiah(problem === 'too_large' ? MAX_AMOUNT_RUPIAH : allowsZero ? 0 : 1)
  return t(`amount_${problem}`, { limit })
}

export function readAmount(text: string, allowsZero = false): number | undefined {
  return allowsZero && /^(?:rp\s*)?0$/i.test(text.trim()) ? 0 : parseRupiah(text)
}

interface SelectFieldProps {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
}

export function SelectField({ label, value, options, onChange, hint, error }: SelectFieldProps) {
  const id = useId()
  return (
    <div class="field">
      <FieldLabel id={id} label={label} isOptional={false} />
      <select
        id={id}
        class="input"
        value={value}
        aria-invalid={error !== undefined}
        aria-describedby={described(id, { hint, error })}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldHint id={id} hint={hint} />
      <FieldError id={id} error={error} />
    </div>
  )
}

interface CheckFieldProps {
  readonly label: ComponentChildren
  readonly isChecked: boolean
  readonly onChange: (isChecked: boolean) => void
  readonly hint?: ComponentChildren
}

export function CheckField({ label, isChecked, onChange, hint }: CheckFieldProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <span class="field-hint"> {hint}</span>}
      </span>
    </label>
  )
}

interface ChoiceFieldProps {
  readonly legend: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint: string }[]
}

/** Radio buttons with an explanation each. */
export function ChoiceField({ legend, value, onChange, options }: ChoiceFieldProps) {
  const name = useId()
  return (
    <fieldset class="fieldset">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class="check choice">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span class="stack stack-tight">
            <span class="strong">{option.label}</span>
            <span class="field-hint">{option.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function FieldLabel({ id, label, isOptional }: { id: string; label: string; isOptional: boolean }) {
  return (
    <label class="field-label" id={`${id}-label`} for={id}>
      {label}
      {isOptional && <span class="field-hint"> ({t('optional')})</span>}
    </label>
  )
}

/** Ids of what a screen reader says after the label. */
function described(id: string, said: Pick<FieldProps, 'hint' | 'error'>): string | undefined {
  const ids = [said.hint !== undefined && `${id}-hint`, said.error !== undefined && `${id}-error`]
  return ids.filter(Boolean).join(' ') || undefined
}

function FieldHint({ id, hint }: { id: string; hint: ComponentChildren }) {
  return hint === undefined ? null : (
    <div class="field-hint" id={`${id}-hint`}>
      {hint}
    </div>
  )
}

function FieldError({ id, error }: { id: string; error: string | undefined }) {
  return error === undefined ? null : (
    <div class="field-error" id={`${id}-error`} role="alert">
      {error}
    </div>
  )
}
