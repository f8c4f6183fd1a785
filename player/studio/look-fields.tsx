/** Font, colours and text size, which the alert box and the widgets have in common. */
import { ALERT_FONTS } from '../../shared/contracts/alert-settings.ts'
import type { WidgetLook } from '../../shared/contracts/widgets.ts'
import { t } from '../i18n/look.ts'
import { SelectField } from '../ui/field.tsx'
import { ColourField, RangeField } from './alert-fields.tsx'

interface LookFieldsProps {
  readonly look: WidgetLook
  readonly textPx: { readonly least: number; readonly greatest: number }
  readonly accentLabel?: string
  readonly onChange: (changes: Partial<WidgetLook>) => void
}

export function LookFields({ look, textPx, accentLabel = t('accentColour'), onChange }: LookFieldsProps) {
  return (
    <>
      <SelectField
        label={t('font')}
        value={look.font}
        options={ALERT_FONTS.map((value) => ({ value, label: t(`font_${value}`) }))}
        onChange={(font) => onChange({ font: font as WidgetLook['font'] })}
      />
      <RangeField
        label={t('textSize', { value: look.textSizePx })}
        value={look.textSizePx}
        least={textPx.least}
        greatest={textPx.greatest}
        onInput={(textSizePx) => onChange({ textSizePx })}
      />
      <div class="fields-row">
        <ColourField
          label={t('textColour')}
          value={look.textColour}
          onInput={(textColour) => onChange({ textColour })}
        />
        <ColourField
          label={accentLabel}
          value={look.accentColour}
          onInput={(accentColour) => onChange({ accentColour })}
        />
        <ColourField
          label={t('cardColour')}
          value={look.cardColour}
          onInput={(cardColour) => onChange({ cardColour })}
        />
      </div>
      <RangeField
        label={t('cardOpacity', { value: look.cardOpacityPercent })}
        value={look.cardOpacityPercent}
        least={0}
        greatest={100}
        onInput={(cardOpacityPercent) => onChange({ cardOpacityPercent })}
      />
    </>
  )
}
