import { useRef, useState } from 'preact/hooks'
import type { Member } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/own-account.ts'
import { call } from '../lib/api.ts'
import { Avatar } from '../ui/avatar.tsx'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { avatarPicture } from './avatar-picture.ts'

/** Photos are smaller; what is larger is not decoded on somebody's phone. */
const CHOSEN_MAX_BYTES = 20_000_000
const PATH = '/api/me/avatar'

export function AvatarCard({ member }: { member: Member }) {
  const { refresh } = useSession()
  const input = useRef<HTMLInputElement>(null)
  const [refusal, setRefusal] = useState<'avatarTooLarge' | 'avatarUnreadable'>()
  const [isRemoving, setRemoving] = useState(false)
  const { username, avatarUrl } = member

  const upload = useAction(async () => {
    const file = input.current?.files?.[0]
    if (!file) return
    const isTooLarge = file.size > CHOSEN_MAX_BYTES
    const body = isTooLarge ? undefined : await avatarPicture(file).catch(() => undefined)
    setRefusal(body ? undefined : isTooLarge ? 'avatarTooLarge' : 'avatarUnreadable')
    if (!body) return
    await call('PUT', PATH, { body })
    await refresh()
    toast(t('avatarSaved'))
  })
  const remove = async (): Promise<void> => {
    await call('DELETE', PATH)
    await refresh()
  }
  const choose = (): void => {
    upload.run()
    // The same file may be chosen again after it was refused.
    queueMicrotask(() => {
      if (input.current) input.current.value = ''
    })
  }
  return (
    <Card title={t('avatarTitle')}>
      <div class="row row-steady">
        <Avatar name={username} url={avatarUrl} isLarge />
        <p class="small muted grow">{t('avatarHint')}</p>
      </div>
      {refusal !== undefined && <Notice tone="danger">{t(refusal)}</Notice>}
      <ProblemNotice problem={upload.problem} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('avatarChoose')}
        accept="image/*"
        onChange={choose}
      />
      <div class="row">
        <Button isBusy={upload.isBusy} onClick={() => input.current?.click()}>
          {t('avatarChoose')}
        </Button>
        {avatarUrl !== null && (
          <Button tone="danger" onClick={() => setRemoving(true)}>
            {t('avatarRemove')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        title={t('avatarRemoveTitle')}
        confirmLabel={t('avatarRemove')}
        isDanger
        onConfirm={remove}
        onClose={() => setRemoving(false)}
      >
        <p>{t('avatarRemoveText')}</p>
      </ConfirmDialog>
    </Card>
  )
}
