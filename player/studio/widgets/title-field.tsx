/** What the fields of all widgets are made of. */
import { useState } from 'preact/hooks'
import type { WidgetKind, WidgetSettings } from '../../../shared/contracts/widgets.ts'
import { formatRupiah } from '../../../shared/rupiah.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { Field, readAmount, RupiahField } from '../../ui/field.tsx'

export interface SettingsFieldsProps<Kind extends WidgetKind> {
  readonly settings: WidgetSettings[Kind]
  readonly change: (changes: Partial<WidgetSettings[Kind]>) => void
  readonly error: (name: string) => string | undefined
}

export function TitleField({ settings, change, error }: SettingsFieldsProps<'qr'>) {
  return (
    <Field
      label={t('title')}
      hint={t('titleHint')}
      value={settings.title}
      onInput={(title) => change({ title })}
      isOptional
      maxLength={80}
      error={error('title')}
    />
  )
}

interface AmountFieldProps {
  readonly label: string
  readonly hint?: string
  readonly value: number
  readonly allowsZero?: boolean
  readonly onChange: (amount: number) => void
  readonly error: string | undefined
}

/** What cannot be read changes nothing. */
export function AmountField({ value, onChange, ...rest }: AmountFieldProps) {
  const [text, setText] = useState(formatRupiah(value))
  return (
    <RupiahField
      {...rest}
      text={text}
      onInput={(typed) => {
        setText(typed)
        const amount = readAmount(typed, rest.allowsZero)
        if (amount !== undefined) onChange(amount)
      }}
    />
  )
}
