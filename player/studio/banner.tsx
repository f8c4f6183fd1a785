import { BANNER_MAX_BYTES, BANNER_TYPES, StudioChannel } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { call } from '../lib/api.ts'
import { toast } from '../ui/feedback.tsx'
import { Card } from '../ui/parts.tsx'
import { PictureButtons } from '../ui/picture-buttons.tsx'

interface BannerCardProps {
  readonly channel: StudioChannel
  readonly onChange: (channel: StudioChannel) => void
}

export function BannerCard({ channel, onChange }: BannerCardProps) {
  const path = `/api/studio/${channel.slug}/banner`

  const upload = async (picture: File) => {
    const refusal = refuse(picture)
    if (refusal !== undefined) return refusal
    onChange(await call('PUT', path, { body: picture, schema: StudioChannel }))
    toast(t('saved'))
    return undefined
  }
  const remove = async (): Promise<void> => {
    onChange(await call('DELETE', path, { schema: StudioChannel }))
  }
  return (
    <Card title={t('bannerTitle')}>
      {channel.bannerUrl !== null && <img class="banner" src={channel.bannerUrl} alt={t('bannerAlt')} />}
      <p class="small muted">{t('bannerHint')}</p>
      <PictureButtons
        accept={BANNER_TYPES.join(',')}
        hasPicture={channel.bannerUrl !== null}
        words={{
          choose: t('bannerChoose'),
          remove: t('bannerRemove'),
          removeTitle: t('bannerRemoveTitle'),
          removeText: t('bannerRemoveText'),
        }}
        refusalText={t}
        onChoose={upload}
        onRemove={remove}
      />
    </Card>
  )
}

function refuse({ size, type }: File): 'bannerTooLarge' | 'bannerWrongType' | undefined {
  if (!BANNER_TYPES.some((allowed) => allowed === type)) return 'bannerWrongType'
  return size > BANNER_MAX_BYTES ? 'bannerTooLarge' : undefined
}
