import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { REASON_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { AdminRightRequest, type DecideRequest } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { t as rights } from '../i18n/rights.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { NoRequests } from './what-next.tsx'
import { Waiting } from './queue.tsx'

const Requests = v.object({ requests: v.array(AdminRightRequest) })
const POLL_MS = 15_000

interface Decided {
  readonly request: AdminRightRequest
  readonly decision: DecideRequest['decision']
}

export function RequestsTab({ onDecided }: { onDecided: () => Promise<void> }) {
  const read = async (signal: AbortSignal) =>
    (await get('/api/admin/right-requests?state=open', Requests, signal)).requests
  const requests = useLoad(read)
  const [deciding, setDeciding] = useState<Decided>()
  usePolling(async (signal) => {
    if (requests.state !== 'ready') return
    const open = await read(signal)
    if (!signal.aborted) requests.setValue(open)
  }, POLL_MS)

  if (requests.state === 'loading') return <Spinner />
  if (requests.state === 'failed')
    return <Failed problem={requests.problem} onRetry={() => void requests.reload()} />
  return (
    <div class="stack">
      {requests.value.length === 0 ? (
        <NoRequests />
      ) : (
        // The longest wait first; the server gives the newest first.
        requests.value
          .toReversed()
          .map((request) => (
            <RequestCard
              key={request.id}
              request={request}
              onDecide={(decision) => setDeciding({ request, decision })}
            />
          ))
      )}
      {deciding && (
        <DecideDialog
          {...deciding}
          onClose={() => setDeciding(undefined)}
          onDecided={async () => {
            await Promise.all([requests.reload(), onDecided()])
          }}
        />
      )}
    </div>
  )
}

interface RequestCardProps {
  readonly request: AdminRightRequest
  readonly onDecide: (decision: DecideRequest['decision']) => void
}

function RequestCard({ request: { member, right, reason, createdAt }, onDecide }: RequestCardProps) {
  const name = member.username
  return (
    <Card title={name} end={<Waiting since={createdAt} />}>
      <p class="small muted">{member.email}</p>
      <p class="strong">{t('asksFor', { right: rights(right) })}</p>
      <blockquote class="quote">{reason}</blockquote>
      <div class="row">
        <Button tone="main" onClick={() => onDecide('granted')} label={t('grantOf', { name })}>
          {t('grant')}
        </Button>
        <Button tone="danger" onClick={() => onDecide('refused')} label={t('refuseOf', { name })}>
          {t('refuse')}
        </Button>
      </div>
    </Card>
  )
}

interface DecideDialogProps extends Decided {
  readonly onClose: () => void
  readonly onDecided: () => Promise<void>
}

function DecideDialog({ request, decision, onClose, onDecided }: DecideDialogProps) {
  const [note, setNote] = useState('')
  const isGrant = decision === 'granted'
  const names = { right: rights(request.right), name: request.member.username }
  const decide = async (): Promise<void> => {
    await call('POST', `/api/admin/right-requests/${request.id}`, { body: { decision, note } })
    toast(t(decision))
    await onDecided()
  }
  const consequence = request.right === 'on_air' ? t('grantOnAir') : t('grantDonations')
  return (
    <ConfirmDialog
      isOpen
      title={isGrant ? t('grantTitle', names) : t('refuseTitle', names)}
      confirmLabel={isGrant ? t('grant') : t('refuse')}
      isDanger={!isGrant}
      onConfirm={decide}
      onClose={onClose}
    >
      <p>{isGrant ? consequence : t('refuseText')}</p>
      <Field
        label={t('note')}
        value={note}
        onInput={setNote}
        isLong
        isOptional
        maxLength={REASON_MAX_CHARS}
      />
    </ConfirmDialog>
  )
}
