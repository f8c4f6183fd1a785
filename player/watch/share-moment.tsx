/** A link to a video, from its start or from where it is. */
import { useState } from 'preact/hooks'
import { t } from '../i18n/watch.ts'
import { formatDuration } from '../lib/time.ts'
import { Dialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { CheckField } from '../ui/field.tsx'
import { Icon } from '../ui/icon.tsx'
import { Button } from '../ui/parts.tsx'
import { hasShareSheet, share, useSiteUrl } from './share-button.tsx'

interface ShareMomentProps {
  readonly path: string
  readonly title: string
  /** Where the video is, in seconds. */
  readonly now: () => number
}

export function ShareMoment({ path, title, now }: ShareMomentProps) {
  const [seconds, setSeconds] = useState<number>()
  const [isFromHere, setFromHere] = useState(false)
  const whole = useSiteUrl(path)
  const url = isFromHere ? `${whole}?t=${seconds ?? 0}` : whole
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url)
      toast(t('shareCopied'))
      setSeconds(undefined)
    } catch {
      // Not on plain HTTP: the link stands in the field, selected.
      document.querySelector<HTMLInputElement>('.share-link')?.select()
    }
  }
  return (
    <>
      <Button
        tone="plain"
        onClick={() => {
          setFromHere(false)
          setSeconds(Math.floor(now()))
        }}
      >
        <Icon name="share" />
        {t('share')}
      </Button>
      <Dialog isOpen={seconds !== undefined} title={t('share')} onClose={() => setSeconds(undefined)}>
        <input
          class="input share-link"
          readOnly
          aria-label={t('shareLink')}
          value={url}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        {seconds !== undefined && seconds > 0 && (
          <CheckField
            label={t('shareFrom', { time: formatDuration(seconds * 1000) })}
            isChecked={isFromHere}
            onChange={setFromHere}
          />
        )}
        <div class="dialog-end">
          {hasShareSheet() && (
            <Button tone="plain" onClick={() => void share(url, title)}>
              {t('shareSend')}
            </Button>
          )}
          <Button tone="main" onClick={() => void copy()}>
            {t('shareCopy')}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
