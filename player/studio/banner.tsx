import { useId, useRef, useState } from 'preact/hooks'
import { BANNER_MAX_BYTES, BANNER_TYPES, StudioChannel } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'

interface BannerCardProps {
  readonly channel: StudioChannel
  readonly onChange: (channel: StudioChannel) => void
}

export function BannerCard({ channel, onChange }: BannerCardProps) {
  const input = useRef<HTMLInputElement>(null)
  const hint = useId()
  const [refusal, setRefusal] = useState<'bannerTooLarge' | 'bannerWrongType'>()
  const [isRemoving, setRemoving] = useState(false)
  const path = `/api/studio/${channel.slug}/banner`

  const upload = useAction(async () => {
    const picture = input.current?.files?.[0]
    if (!picture) return
    const reason = refuse(picture)
    setRefusal(reason)
    if (reason !== undefined) return
    onChange(await call('PUT', path, { body: picture, schema: StudioChannel }))
    toast(t('saved'))
  })
  const remove = async (): Promise<void> => {
    onChange(await call('DELETE', path, { schema: StudioChannel }))
  }
  const choose = (): void => {
    upload.run()
    // The same file may be chosen again after it was refused.
    queueMicrotask(() => {
      if (input.current) input.current.value = ''
    })
  }
  return (
    <Card title={t('bannerTitle')}>
      {channel.bannerUrl !== null && <img class="banner" src={channel.bannerUrl} alt={t('bannerAlt')} />}
      <p class="small muted" id={hint}>
        {t('bannerHint')}
      </p>
      {refusal !== undefined && <Notice tone="danger">{t(refusal)}</Notice>}
      <ProblemNotice problem={upload.problem} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('bannerChoose')}
        accept={BANNER_TYPES.join(',')}
        onChange={choose}
      />
      <div class="row">
        <Button isBusy={upload.isBusy} onClick={() => input.current?.click()}>
          {t('bannerChoose')}
        </Button>
        {channel.bannerUrl !== null && (
          <Button tone="danger" onClick={() => setRemoving(true)}>
            {t('bannerRemove')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        title={t('bannerRemoveTitle')}
        confirmLabel={t('bannerRemove')}
        isDanger
        onConfirm={remove}
        onClose={() => setRemoving(false)}
      >
        <p>{t('bannerRemoveText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

function refuse({ size, type }: File): 'bannerTooLarge' | 'bannerWrongType' | undefined {
  if (!BANNER_TYPES.some((allowed) => allowed === type)) return 'bannerWrongType'
  return size > BANNER_MAX_BYTES ? 'bannerTooLarge' : undefined
}
