import { ALERT_FONTS } from '../../../shared/contracts/alert-settings.ts'
import { WIDGET_TEXT_PX, type WidgetLook } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { SelectField } from '../../ui/field.tsx'
import { ColourField, RangeField } from '../alert-fields.tsx'

interface LookFieldsProps {
  readonly look: WidgetLook
  readonly onChange: (changes: Partial<WidgetLook>) => void
}

export function LookFields({ look, onChange }: LookFieldsProps) {
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
        least={WIDGET_TEXT_PX.least}
        greatest={WIDGET_TEXT_PX.greatest}
        onInput={(textSizePx) => onChange({ textSizePx })}
      />
      <div class="fields-row">
        <ColourField
          label={t('textColour')}
          value={look.textColour}
          onInput={(textColour) => onChange({ textColour })}
        />
        <ColourField
          label={t('accentColour')}
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
