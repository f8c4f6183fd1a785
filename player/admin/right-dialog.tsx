import { useState } from 'preact/hooks'
import type { Right } from '../../shared/contracts/accounts.ts'
import type { AdminMember } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { t as rights } from '../i18n/rights.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

interface RightDialogProps {
  readonly member: AdminMember
  readonly right: Right
  readonly onChange: (member: AdminMember) => void
  readonly onClose: () => void
}

/** Grants the right without a request, or withdraws it. */
export function RightDialog({ member, right, onChange, onClose }: RightDialogProps) {
  const [reason, setReason] = useState('')
  const isHeld = member.rights.includes(right)
  const names = { right: rights(right), name: member.username }

  const confirm = async (): Promise<void> => {
    const path = `/api/admin/members/${member.id}/rights/${right}`
    await call(isHeld ? 'DELETE' : 'PUT', path, { body: { reason } })
    const others = member.rights.filter((held) => held !== right)
    onChange({ ...member, rights: isHeld ? others : [...others, right] })
    toast(isHeld ? t('withdrawn') : t('given'))
  }
  return (
    <ConfirmDialog
      isOpen
      title={isHeld ? t('withdrawTitle', names) : t('giveTitle', names)}
      confirmLabel={isHeld ? t('withdraw') : t('give')}
      isDanger={isHeld}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{consequence(right, isHeld)}</p>
      <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} isLong />
    </ConfirmDialog>
  )
}

function consequence(right: Right, isHeld: boolean): string {
  if (right === 'on_air') return isHeld ? t('withdrawOnAir') : t('grantOnAir')
  return isHeld ? t('withdrawDonations') : t('grantDonations')
}
