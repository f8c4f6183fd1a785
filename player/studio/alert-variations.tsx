/** Other words, picture and sound from an amount on. */
import { useState } from 'preact/hooks'
import { type AlertFile, type AlertVariation, MAX_VARIATIONS } from '../../shared/contracts/alert-settings.ts'
import { formatRupiah, MAX_AMOUNT_RUPIAH } from '../../shared/rupiah.ts'
import { t } from '../i18n/studio-alerts.ts'
import { readAmount, RupiahField } from '../ui/field.tsx'
import { Button, Card } from '../ui/parts.tsx'
import { FileChoice, TemplateField } from './alert-fields.tsx'

const FIRST_RUPIAH = 50_000

interface AlertVariationsProps {
  readonly variations: readonly AlertVariation[]
  readonly files: readonly AlertFile[]
  /** What a new one begins with. */
  readonly template: string
  readonly onChange: (variations: AlertVariation[]) => void
  readonly error: (field: string) => string | undefined
}

export function AlertVariations(props: AlertVariationsProps) {
  const { variations, files, onChange, error } = props
  const add = (): void => {
    const greatest = Math.max(FIRST_RUPIAH / 2, ...variations.map(({ fromRupiah }) => fromRupiah))
    const fromRupiah = Math.min(greatest * 2, MAX_AMOUNT_RUPIAH)
    onChange([...variations, { fromRupiah, template: props.template, imageId: null, soundId: null }])
  }
  return (
    <Card title={t('variationsTitle')}>
      {variations.map((variation, index) => {
        const change = (changes: Partial<AlertVariation>): void =>
          onChange(variations.map((each, at) => (at === index ? { ...each, ...changes } : each)))
        const isTwice = variations.some(
          (each, at) => at !== index && each.fromRupiah === variation.fromRupiah,
        )
        return (
          <fieldset key={index} class="fieldset stack variation">
            <legend class="row row-between">
              <span class="strong">{t('variation', { number: index + 1 })}</span>
            </legend>
            <FromField
              amount={variation.fromRupiah}
              onChange={(fromRupiah) => change({ fromRupiah })}
              error={isTwice ? t('variationTwice') : error(`variations.${index}.fromRupiah`)}
            />
            <TemplateField
              value={variation.template}
              onInput={(template) => change({ template })}
              error={error(`variations.${index}.template`)}
            />
            <FileChoice
              kind="image"
              files={files}
              value={variation.imageId}
              onChange={(imageId) => change({ imageId })}
            />
            <FileChoice
              kind="audio"
              files={files}
              value={variation.soundId}
              onChange={(soundId) => change({ soundId })}
            />
            <div>
              <Button
                isSmall
                tone="danger"
                onClick={() => onChange(variations.filter((_, at) => at !== index))}
              >
                {t('variationRemove', { number: index + 1 })}
              </Button>
            </div>
          </fieldset>
        )
      })}
      <div>
        <Button isDisabled={variations.length >= MAX_VARIATIONS} onClick={add}>
          {t('variationAdd')}
        </Button>
      </div>
    </Card>
  )
}

interface FromFieldProps {
  readonly amount: number
  readonly onChange: (amount: number) => void
  readonly error: string | undefined
}

function FromField({ amount, onChange, error }: FromFieldProps) {
  const [text, setText] = useState(formatRupiah(amount))
  return (
    <div class="stack stack-tight">
      <RupiahField
        // Another variation may have moved to this place.
        text={readAmount(text) === amount || readAmount(text) === undefined ? text : formatRupiah(amount)}
        label={t('variationFrom')}
        hint={t('variationsHint')}
        onInput={(typed, read) => {
          setText(typed)
          if (read !== undefined) onChange(read)
        }}
      />
      {error !== undefined && (
        <div class="field-error" role="alert">
          {error}
        </div>
      )}
    </div>
  )
}
