/** Stops an account and lets it go again. */
import { useState } from 'preact/hooks'
import type { AdminMember } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

interface FreezeProps {
  readonly member: AdminMember
  readonly onChange: (member: AdminMember) => void
}

export function Freeze({ member, onChange }: FreezeProps) {
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const isFrozen = member.frozenAt !== null
  const name = member.username
  const [title, label] = isFrozen ? (['unfreezeOf', 'unfreeze'] as const) : (['freezeOf', 'freeze'] as const)
  return (
    <div class="row row-between">
      <span>{t(isFrozen ? 'frozen' : 'notFrozen')}</span>
      <Button
        isSmall
        tone={isFrozen ? 'plain' : 'danger'}
        onClick={() => setOpen(true)}
        label={t(title, { name })}
      >
        {t(label)}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={t(title, { name })}
        confirmLabel={t(label)}
        isDanger={!isFrozen}
        onConfirm={async () => {
          await call(isFrozen ? 'DELETE' : 'PUT', `/api/admin/members/${member.id}/freeze`, {
            body: { reason },
          })
          toast(t(isFrozen ? 'notFrozen' : 'frozen'))
          onChange({ ...member, frozenAt: isFrozen ? null : Date.now() })
        }}
        onClose={() => setOpen(false)}
      >
        {!isFrozen && <p>{t('freezeText')}</p>}
        <ReasonField label={t('freezeReason')} value={reason} onInput={setReason} />
      </ConfirmDialog>
    </div>
  )
}
