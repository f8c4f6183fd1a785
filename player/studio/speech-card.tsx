/** Whether alerts are spoken, from which amount on, and how that sounds. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AlertLook } from '../../shared/contracts/alert-settings.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { VOICES } from '../../shared/speech.ts'
import { t } from '../i18n/speech.ts'
import { Sound } from '../overlay/sound.ts'
import { Notice } from '../ui/feedback.tsx'
import { CheckField, readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { RangeField } from './alert-fields.tsx'

type Speech = AlertLook['speech']

interface SpeechCardProps {
  readonly slug: string
  readonly speech: Speech
  readonly onChange: (changes: Partial<Speech>) => void
  readonly error: (name: string) => string | undefined
}

export function SpeechCard({ slug, speech, onChange, error }: SpeechCardProps) {
  const [minimumText, setMinimumText] = useState(formatRupiah(speech.minimumRupiah))
  const [isSilent, setSilent] = useState(false)
  // Made by a click only: browsers refuse sound before one.
  const sound = useRef<Sound>(undefined)
  useEffect(() => () => sound.current?.close(), [])
  const listen = useAction(async () => {
    sound.current ??= new Sound()
    const url = `/api/studio/${slug}/alert-speech/${speech.voice}`
    setSilent((await sound.current.speak(url, Math.max(1, speech.volumePercent))) === 0)
  })
  return (
    <Card title={t('title')}>
      <CheckField
        label={t('isOn')}
        hint={t('isOnHint')}
        isChecked={speech.isOn}
        onChange={(isOn) => onChange({ isOn })}
      />
      {speech.isOn && (
        <>
          <RupiahField
            label={t('minimum')}
            hint={t('minimumHint')}
            text={minimumText}
            allowsZero
            onInput={(text) => {
              setMinimumText(text)
              const minimumRupiah = readAmount(text, true)
              if (minimumRupiah !== undefined) onChange({ minimumRupiah })
            }}
            error={error('look.speech.minimumRupiah')}
          />
          <SelectField
            label={t('voice')}
            value={speech.voice}
            options={VOICES.map((value) => ({ value, label: t(`voice_${value}`) }))}
            onChange={(voice) => onChange({ voice: voice as Speech['voice'] })}
          />
          <RangeField
            label={t('volume', { value: speech.volumePercent })}
            value={speech.volumePercent}
            least={0}
            greatest={100}
            onInput={(volumePercent) => onChange({ volumePercent })}
          />
        </>
      )}
      <div>
        <Button isBusy={listen.isBusy} onClick={() => listen.run()}>
          {t('listen')}
        </Button>
      </div>
      {isSilent && <Notice tone="danger">{t('silent')}</Notice>}
    </Card>
  )
}
