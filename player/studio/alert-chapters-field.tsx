/** From which amount alerts become chapters of a recording. */
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/alert-chapters.ts'
import { SelectField } from '../ui/field.tsx'

const AMOUNTS = [10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000]

interface AlertChaptersFieldProps {
  /** null: none does. */
  readonly value: number | null
  readonly onChange: (from: number | null) => void
}

export function AlertChaptersField({ value, onChange }: AlertChaptersFieldProps) {
  // Whatever was set by another program stays a choice.
  const amounts = [...new Set([...AMOUNTS, ...(value === null ? [] : [value])])].toSorted((a, b) => a - b)
  return (
    <SelectField
      label={t('from')}
      hint={t('fromHint')}
      value={String(value ?? '')}
      onChange={(chosen) => onChange(chosen === '' ? null : Number(chosen))}
      options={[
        { value: '', label: t('none') },
        ...amounts.map((amount) => ({
          value: String(amount),
          label: t('fromAmount', { amount: formatRupiah(amount) }),
        })),
      ]}
    />
  )
}
