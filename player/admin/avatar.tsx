/** Takes a profile picture away that must not be seen. */
import { useState } from 'preact/hooks'
import type { AdminMember } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin-avatar.ts'
import { call } from '../lib/api.ts'
import { Avatar } from '../ui/avatar.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

interface MemberAvatarProps {
  readonly member: AdminMember
  readonly onChange: (member: AdminMember) => void
}

/** Nothing for whoever has none. */
export function MemberAvatar({ member, onChange }: MemberAvatarProps) {
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const { avatarUrl, id, username: name } = member
  if (avatarUrl === null) return null
  return (
    <div class="row row-between">
      <span class="row row-steady">
        <Avatar name={name} url={avatarUrl} isLarge /> {t('picture')}
      </span>
      <Button isSmall tone="danger" onClick={() => setOpen(true)} label={t('removeOf', { name })}>
        {t('remove')}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={t('removeOf', { name })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={async () => {
          await call('DELETE', `/api/admin/members/${id}/avatar`, { body: { reason } })
          toast(t('removed'))
          onChange({ ...member, avatarUrl: null })
        }}
        onClose={() => setOpen(false)}
      >
        <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
      </ConfirmDialog>
    </div>
  )
}
