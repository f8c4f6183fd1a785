import { VOTE_OPTIONS, type WidgetSettings } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { CheckField, Field, SelectField } from '../../ui/field.tsx'
import { Button } from '../../ui/parts.tsx'
import { AmountField, type SettingsFieldsProps, TitleField } from './title-field.tsx'

type Option = WidgetSettings['vote']['options'][number]

export function VoteFields(props: SettingsFieldsProps<'vote'>) {
  const { settings, change, error } = props
  const { options } = settings
  const changeOption = (at: number, changes: Partial<Option>): void =>
    change({ options: options.map((each, index) => (index === at ? { ...each, ...changes } : each)) })
  return (
    <>
      <TitleField {...props} />
      <fieldset class="fieldset stack">
        <legend>{t('options')}</legend>
        <p class="small muted">{t('optionsHint')}</p>
        {options.map(({ label, keyword }, index) => (
          <div key={index} class="fields-row">
            <Field
              label={t('optionLabel', { number: index + 1 })}
              value={label}
              onInput={(text) => changeOption(index, { label: text })}
              isRequired
              maxLength={60}
              error={error(`options.${index}.label`)}
            />
            <Field
              label={t('optionKeyword')}
              value={keyword}
              onInput={(text) => changeOption(index, { keyword: text })}
              isOptional
              maxLength={20}
              error={error(`options.${index}.keyword`) ?? (index === 0 ? error('options') : undefined)}
            />
            {options.length > VOTE_OPTIONS.least && (
              <Button
                isSmall
                tone="danger"
                label={t('optionRemove', { number: index + 1 })}
                onClick={() => change({ options: options.filter((_, each) => each !== index) })}
              >
                ×
              </Button>
            )}
          </div>
        ))}
        <p class="small muted">{t('keywordHint')}</p>
        {options.length < VOTE_OPTIONS.greatest && (
          <div>
            <Button isSmall onClick={() => change({ options: [...options, { label: '', keyword: '' }] })}>
              {t('optionAdd')}
            </Button>
          </div>
        )}
      </fieldset>
      <SelectField
        label={t('countsBy')}
        value={settings.countsBy}
        options={(['amount', 'donation'] as const).map((value) => ({
          value,
          label: t(`countsBy_${value}`),
        }))}
        onChange={(countsBy) => change({ countsBy: countsBy as typeof settings.countsBy })}
      />
      <AmountField
        label={t('voteMinimum')}
        allowsZero
        value={settings.minimumRupiah}
        onChange={(minimumRupiah) => change({ minimumRupiah })}
        error={error('minimumRupiah')}
      />
      <CheckField label={t('byForm')} isChecked={settings.byForm} onChange={(byForm) => change({ byForm })} />
      <CheckField
        label={t('byKeyword')}
        isChecked={settings.byKeyword}
        onChange={(byKeyword) => change({ byKeyword })}
      />
    </>
  )
}
