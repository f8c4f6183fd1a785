/** How an alert will look and sound, drawn by the overlay's own code. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { alertFileUrl, type AlertSettings } from '../../shared/contracts/alert-settings.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/studio-alerts.ts'
import { drawCard } from '../overlay/card.ts'
import { Sound } from '../overlay/sound.ts'
import { SelectField } from '../ui/field.tsx'
import { Button, Card } from '../ui/parts.tsx'

export function AlertPreview({ settings }: { settings: AlertSettings }) {
  const stage = useRef<HTMLDivElement>(null)
  // Made by a click only: browsers refuse sound before one.
  const sound = useRef<Sound>(undefined)
  const [from, setFrom] = useState('0')
  const [plays, setPlays] = useState(0)
  const shown = settings.variations.find(({ fromRupiah }) => String(fromRupiah) === from) ?? settings
  const amountRupiah =
    'fromRupiah' in shown ? shown.fromRupiah : Math.max(settings.minimumAlertRupiah, 10_000)
  const soundUrl = shown.soundId === null ? null : alertFileUrl(shown.soundId)
  const words = JSON.stringify([shown.template, shown.imageId, amountRupiah, settings.look])

  useEffect(() => {
    let isCurrent = true
    const alert = {
      template: shown.template,
      senderName: t('previewName'),
      amountRupiah,
      message: t('previewMessage'),
      imageUrl: shown.imageId === null ? null : alertFileUrl(shown.imageId),
      look: settings.look,
      lateCount: null,
    }
    const draw = async (): Promise<void> => {
      const card = await drawCard(alert)
      if (isCurrent) stage.current?.replaceChildren(card)
    }
    void draw()
    return () => {
      isCurrent = false
    }
  }, [words, plays])
  useEffect(() => () => sound.current?.close(), [])

  const play = (): void => {
    sound.current ??= new Sound()
    void sound.current.play(soundUrl, settings.look.volumePercent)
    setPlays((count) => count + 1)
  }
  return (
    <Card title={t('previewTitle')}>
      <div ref={stage} class="alert-stage alert-preview" role="img" aria-label={t('previewTitle')} />
      {settings.variations.length > 0 && (
        <SelectField
          label={t('previewAmount')}
          value={from}
          onChange={setFrom}
          options={[
            { value: '0', label: t('previewBase') },
            ...settings.variations.map(({ fromRupiah }) => ({
              value: String(fromRupiah),
              label: formatRupiah(fromRupiah),
            })),
          ]}
        />
      )}
      <div>
        <Button onClick={play}>{t('previewPlay')}</Button>
      </div>
    </Card>
  )
}
