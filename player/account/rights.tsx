/** What a member may do, and how they ask for more. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { type Member, type Right, RightRequest } from '../../shared/contracts/accounts.ts'
import { t } from '../i18n/rights.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { formatInstant } from '../lib/time.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { useSession } from '../ui/context.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { ReasonField } from '../ui/reason-field.tsx'

const Requests = v.object({ requests: v.array(RightRequest) })
const POLL_MS = 15_000

export function RightsCard({ member }: { member: Member }) {
  const { site, refresh } = useSession()
  const read = async (signal: AbortSignal) => (await get('/api/me/right-requests', Requests, signal)).requests
  const requests = useLoad(read)
  // An admin decides while the member waits here.
  usePolling(async (signal) => {
    if (requests.state !== 'ready') return
    await refresh()
    const latest = await read(signal)
    if (!signal.aborted) requests.setValue(latest)
  }, POLL_MS)
  const [asked, setAsked] = useState<Right>()
  if (requests.state === 'loading') return <Spinner />
  if (requests.state === 'failed')
    return <Failed problem={requests.problem} onRetry={() => void requests.reload()} />
  const rights: Right[] = site.donationsEnabled ? ['on_air', 'donations'] : ['on_air']
  return (
    <Card title={t('title')}>
      <ul class="list">
        {rights.map((right) => (
          <li key={right}>
            <RightLine
              right={right}
              isHeld={member.rights.includes(right)}
              // The server lists the newest first.
              request={requests.value.find((request) => request.right === right)}
              onAsk={() => setAsked(right)}
            />
          </li>
        ))}
      </ul>
      {asked !== undefined && (
        <AskDialog right={asked} onClose={() => setAsked(undefined)} onSent={requests.reload} />
      )}
    </Card>
  )
}

interface RightLineProps {
  readonly right: Right
  readonly isHeld: boolean
  readonly request: RightRequest | undefined
  readonly onAsk: () => void
}

function RightLine({ right, isHeld, request, onAsk }: RightLineProps) {
  const { site } = useSession()
  const isWaiting = !isHeld && request?.state === 'open'
  return (
    <div class="stack stack-tight">
      <div class="row row-between">
        <h3>{t(right)}</h3>
        <RightBadge isHeld={isHeld} request={request} />
      </div>
      <p class="muted">{t(`${right}Text`)}</p>
      {!isHeld && request && (
        <div class="small stack stack-tight">
          <p>{t('yourReason', { reason: request.reason })}</p>
          {request.note !== null && request.note !== '' && <p>{t('note', { note: request.note })}</p>}
          <p class="muted">
            {request.decidedAt === null
              ? t('sentAt', { time: formatInstant(request.createdAt, site.timeZone) })
              : t('decidedAt', { time: formatInstant(request.decidedAt, site.timeZone) })}
          </p>
        </div>
      )}
      {!isHeld && !isWaiting && (
        <div>
          <Button tone="main" onClick={onAsk} label={`${t('ask')}: ${t(right)}`}>
            {request ? t('askAgain') : t('ask')}
          </Button>
        </div>
      )}
    </div>
  )
}

function RightBadge({ isHeld, request }: Pick<RightLineProps, 'isHeld' | 'request'>) {
  if (isHeld) return <Badge tone="ok">{t('held')}</Badge>
  if (request?.state === 'open') return <Badge tone="warn">{t('waiting')}</Badge>
  if (request?.state === 'refused') return <Badge tone="danger">{t('refused')}</Badge>
  // Granted once, and no longer held.
  return request ? <Badge tone="danger">{t('withdrawn')}</Badge> : null
}

interface AskDialogProps {
  readonly right: Right
  readonly onClose: () => void
  readonly onSent: () => Promise<void>
}

function AskDialog({ right, onClose, onSent }: AskDialogProps) {
  const [reason, setReason] = useState('')
  const ask = useAction(async () => {
    await call('POST', '/api/me/right-requests', { body: { right, reason } })
    toast(t('sent'))
    onClose()
    await onSent()
  })
  return (
    <Dialog isOpen title={t('askTitle', { right: t(right) })} onClose={onClose}>
      <ActionForm action={ask} label={t('send')} button="wide">
        <ReasonField
          label={t('reason')}
          hint={t('reasonHint')}
          value={reason}
          onInput={setReason}
          isLong
          error={fieldText(ask.problem, 'reason')}
        />
      </ActionForm>
    </Dialog>
  )
}
