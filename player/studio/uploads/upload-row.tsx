import type { Upload, UploadRefusal } from '../../../shared/contracts/uploads.ts'
import { t } from '../../i18n/uploads.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ProblemNotice } from '../../ui/feedback.tsx'
import { Badge, Button } from '../../ui/parts.tsx'
import { pauseTransfer, resumeTransfer, type Transfer } from './transfers.ts'

interface UploadRowProps {
  readonly upload: Upload
  /** Of this page; absent: another page sends it, or none. */
  readonly transfer: Transfer | undefined
  readonly onChoose: () => void
  /** This page still has the file. */
  readonly onAgain: (() => void) | undefined
  readonly onCancel: () => void
}

export function UploadRow({ upload, transfer, onChoose, onAgain, onCancel }: UploadRowProps) {
  const { id, fileName, state, reason } = upload
  const isUploading = state === 'uploading'
  const percent = isUploading ? percentOf(transfer) : upload.percent
  const named = (text: string) => `${text}: ${fileName}`
  return (
    <div class="stack stack-tight">
      <p class="row row-between">
        <span class="strong break">{fileName}</span>
        {state === 'refused' && <Badge tone="danger">{t('refused')}</Badge>}
      </p>
      {state !== 'refused' && (
        <progress max={100} value={percent} aria-label={t('progress', { name: fileName })} />
      )}
      <p class="small muted" role="status">
        {reason === null ? words(upload, transfer) : t(`reason_${reason}`)}
      </p>
      <ProblemNotice problem={transfer?.problem} />
      {transfer?.problem?.code === 'sign_in_required' && (
        // This page keeps the file: whoever leaves it must choose it again.
        <p class="small">
          <a href="/sign-in" target="_blank" rel="noopener">
            {t('signIn')}
          </a>
        </p>
      )}
      <div class="row">
        {isUploading && (transfer?.state === 'sending' || transfer?.state === 'waiting') && (
          <Button isSmall tone="plain" label={named(t('pause'))} onClick={() => pauseTransfer(id)}>
            {t('pause')}
          </Button>
        )}
        {isUploading && (transfer?.state === 'paused' || transfer?.state === 'failed') && (
          <Button isSmall label={named(t('resume'))} onClick={() => resumeTransfer(id)}>
            {t('resume')}
          </Button>
        )}
        {isUploading && transfer === undefined && (
          <Button isSmall label={named(t('chooseAgain'))} onClick={onChoose}>
            {t('chooseAgain')}
          </Button>
        )}
        {onAgain && reason !== null && MAY_PASS.has(reason) && (
          <Button isSmall label={named(t('again'))} onClick={onAgain}>
            {t('again')}
          </Button>
        )}
        <Button
          isSmall
          tone="plain"
          label={named(t(state === 'refused' ? 'putAway' : 'cancel'))}
          onClick={onCancel}
        >
          {t(state === 'refused' ? 'putAway' : 'cancel')}
        </Button>
      </div>
    </div>
  )
}

/** The same file may be taken another time. */
const MAY_PASS: ReadonlySet<UploadRefusal> = new Set(['took_too_long', 'disk_full', 'expired', 'failed'])

function percentOf(transfer: Transfer | undefined): number {
  return transfer ? Math.floor((100 * transfer.sentBytes) / Math.max(1, transfer.sizeBytes)) : 0
}

function words({ state, percent }: Upload, transfer: Transfer | undefined): string {
  if (state === 'checking') return t('checking')
  if (state === 'repackaging' || state === 'encoding') return t(state, { percent })
  switch (transfer?.state) {
    case undefined:
      return t('interrupted')
    case 'paused':
    case 'failed':
      return t('paused', { percent: percentOf(transfer) })
    case 'waiting':
      return t('waiting')
    case 'sent':
      return t('sentAll')
    case 'sending':
      return [
        t('sent', {
          percent: percentOf(transfer),
          sent: formatBytes(transfer.sentBytes),
          size: formatBytes(transfer.sizeBytes),
        }),
        ...(transfer.restMs === undefined ? [] : [restText(transfer.restMs)]),
      ].join(' · ')
  }
}

function restText(restMs: number): string {
  const minutes = Math.ceil(restMs / 60_000)
  if (minutes <= 1) return t('restSoon')
  if (minutes < 60) return t('restMinutes', { minutes })
  return t('restHours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}
