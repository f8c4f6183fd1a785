import type { Member } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/own-account.ts'
import { call } from '../lib/api.ts'
import { Avatar } from '../ui/avatar.tsx'
import { useSession } from '../ui/context.ts'
import { toast } from '../ui/feedback.tsx'
import { Card } from '../ui/parts.tsx'
import { PictureButtons } from '../ui/picture-buttons.tsx'
import { avatarPicture } from './avatar-picture.ts'

/** Photos are smaller; what is larger is not decoded on somebody's phone. */
const CHOSEN_MAX_BYTES = 20_000_000
const PATH = '/api/me/avatar'

export function AvatarCard({ member }: { member: Member }) {
  const { refresh } = useSession()
  const { username, avatarUrl } = member

  const upload = async (file: File) => {
    if (file.size > CHOSEN_MAX_BYTES) return 'avatarTooLarge'
    const body = await avatarPicture(file).catch(() => undefined)
    if (!body) return 'avatarUnreadable'
    await call('PUT', PATH, { body })
    await refresh()
    toast(t('avatarSaved'))
    return undefined
  }
  const remove = async (): Promise<void> => {
    await call('DELETE', PATH)
    await refresh()
  }
  return (
    <Card title={t('avatarTitle')}>
      <div class="row row-steady">
        <Avatar name={username} url={avatarUrl} isLarge />
        <p class="small muted grow">{t('avatarHint')}</p>
      </div>
      <PictureButtons
        accept="image/*"
        hasPicture={avatarUrl !== null}
        words={{
          choose: t('avatarChoose'),
          remove: t('avatarRemove'),
          removeTitle: t('avatarRemoveTitle'),
          removeText: t('avatarRemoveText'),
        }}
        refusalText={t}
        onChoose={upload}
        onRemove={remove}
      />
    </Card>
  )
}
