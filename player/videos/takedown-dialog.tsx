/** An admin takes a video from everybody, or gives it back, with a reason that its owner reads. */
import { useState } from 'preact/hooks'
import type { AdminVideo } from '../../shared/contracts/takedowns.ts'
import { t } from '../i18n/takedowns.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { useVideoTitle } from './video-card.tsx'

type TakenVideo = Pick<AdminVideo, 'id' | 'channel' | 'title' | 'startedAt' | 'isTakenDown'>

interface TakedownDialogProps {
  readonly video: TakenVideo
  readonly onChange: (isTakenDown: boolean, reason: string) => void
  readonly onClose: () => void
}

export function TakedownDialog({ video, onChange, onClose }: TakedownDialogProps) {
  const [reason, setReason] = useState('')
  const title = useVideoTitle()(video)
  const { id, isTakenDown } = video
  return (
    <ConfirmDialog
      isOpen
      title={t(isTakenDown ? 'restoreOf' : 'takeDownOf', { title })}
      confirmLabel={t(isTakenDown ? 'restore' : 'takeDown')}
      isDanger={!isTakenDown}
      onConfirm={async () => {
        await call(isTakenDown ? 'DELETE' : 'PUT', `/api/admin/videos/${id}/takedown`, { body: { reason } })
        toast(t(isTakenDown ? 'restored' : 'takenDown'))
        onChange(!isTakenDown, reason)
      }}
      onClose={onClose}
    >
      <p>{t(isTakenDown ? 'restoreText' : 'takeDownText')}</p>
      <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} isLong />
    </ConfirmDialog>
  )
}
