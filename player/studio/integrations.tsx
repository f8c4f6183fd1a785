/** The streamer's own server, and the channel's totals for everybody. */
import { useState } from 'preact/hooks'
import {
  type Delivery,
  NewWebhookSecret,
  PublicTotals,
  WEBHOOK_URL_MAX_CHARS,
  WebhookView,
} from '../../shared/contracts/webhooks.ts'
import { t } from '../i18n/integrations.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { CopyField } from '../ui/secret.tsx'

const POLL_MS = 2_000

export function IntegrationsTab({ slug }: { slug: string }) {
  const path = `/api/studio/${slug}/webhook`
  const webhook = useLoad((signal) => get(path, WebhookView, signal), [slug])
  // A delivery is made by the edge, soon after it was asked for.
  usePolling(async (signal) => {
    if (webhook.state !== 'ready' || !webhook.value.deliveries.some(({ state }) => state === 'pending'))
      return
    const { deliveries } = await get(path, WebhookView, signal)
    if (!signal.aborted) webhook.setValue({ ...webhook.value, deliveries })
  }, POLL_MS)
  if (webhook.state === 'loading') return <Spinner />
  if (webhook.state === 'failed')
    return <Failed problem={webhook.problem} onRetry={() => void webhook.reload()} />
  return (
    <div class="columns">
      <div class="stack">
        <WebhookCard path={path} webhook={webhook.value} onChange={webhook.setValue} />
        <TotalsCard slug={slug} />
      </div>
      <LogCard deliveries={webhook.value.deliveries} onReload={webhook.reload} />
    </div>
  )
}

interface WebhookCardProps {
  readonly path: string
  readonly webhook: WebhookView
  readonly onChange: (webhook: WebhookView) => void
}

function WebhookCard({ path, webhook, onChange }: WebhookCardProps) {
  const [url, setUrl] = useState(webhook.url ?? '')
  const [isEnabled, setEnabled] = useState(webhook.url === null || webhook.isEnabled)
  const [secret, setSecret] = useState<string>()
  const [asking, setAsking] = useState<'rotate' | 'remove'>()
  const save = useAction(async () => {
    const { secret: made, ...saved } = await call('PUT', path, {
      body: { url, isEnabled },
      schema: WebhookView,
    })
    onChange(saved)
    if (made !== undefined) setSecret(made)
    toast(t('saved'))
  })
  const test = useAction(async () => {
    await call('POST', `${path}/test`, { body: {} })
    toast(t('testSent'))
    onChange(await get(path, WebhookView))
  })
  const hasUrl = webhook.url !== null
  return (
    <Card title={t('webhookTitle')}>
      <p class="small muted">{t('webhookHint')}</p>
      <form class="stack" onSubmit={save.run}>
        <Field
          label={t('url')}
          type="url"
          value={url}
          onInput={setUrl}
          isRequired
          maxLength={WEBHOOK_URL_MAX_CHARS}
          placeholder="https://"
          error={isRefusedUrl(save.problem) ? t('urlRefused') : undefined}
        />
        <CheckField label={t('isEnabled')} isChecked={isEnabled} onChange={setEnabled} />
        {!isRefusedUrl(save.problem) && <ProblemNotice problem={save.problem} />}
        <div class="row">
          <Button type="submit" tone="main" isBusy={save.isBusy}>
            {t('save')}
          </Button>
          {hasUrl && webhook.isEnabled && (
            <Button isBusy={test.isBusy} onClick={() => test.run()}>
              {t('test')}
            </Button>
          )}
        </div>
        <ProblemNotice problem={test.problem} />
      </form>
      {secret !== undefined && (
        <div class="stack stack-tight" role="status">
          <Notice>{t('secretOnce')}</Notice>
          <CopyField label={t('secretTitle')} text={secret} />
        </div>
      )}
      {hasUrl && (
        <>
          <p class="small muted">{t('secretHint')}</p>
          <div class="row">
            <Button tone="plain" isSmall onClick={() => setAsking('rotate')}>
              {t('rotate')}
            </Button>
            <Button tone="danger" isSmall onClick={() => setAsking('remove')}>
              {t('remove')}
            </Button>
          </div>
        </>
      )}
      <ConfirmDialog
        isOpen={asking === 'rotate'}
        title={t('rotate')}
        confirmLabel={t('rotate')}
        onConfirm={async () => {
          const made = await call('POST', `${path}/secret`, { body: {}, schema: NewWebhookSecret })
          setSecret(made.secret)
        }}
        onClose={() => setAsking(undefined)}
      >
        <p>{t('rotateText')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={asking === 'remove'}
        title={t('remove')}
        confirmLabel={t('remove')}
        onConfirm={async () => {
          await call('DELETE', path)
          setUrl('')
          setSecret(undefined)
          onChange({ url: null, isEnabled: false, deliveries: [] })
        }}
        onClose={() => setAsking(undefined)}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

function isRefusedUrl(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.code === 'invalid_input'
}

const TONES = { pending: 'warn', delivered: 'ok', failed: 'danger' } as const

function LogCard({
  deliveries,
  onReload,
}: {
  deliveries: readonly Delivery[]
  onReload: () => Promise<void>
}) {
  const reload = useAction(onReload)
  return (
    <Card
      title={t('logTitle')}
      end={
        <Button isSmall tone="plain" isBusy={reload.isBusy} onClick={() => reload.run()}>
          {t('refresh')}
        </Button>
      }
    >
      {deliveries.length === 0 ? (
        <p class="muted">{t('logEmpty')}</p>
      ) : (
        <ul class="list">
          {deliveries.map((each) => (
            <DeliveryItem key={each.id} delivery={each} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function DeliveryItem({ delivery }: { delivery: Delivery }) {
  const { site } = useSession()
  const { id, type, state, attempts, status, problem, createdAt, nextAt } = delivery
  // Or on its way for the first time: nothing has gone wrong yet.
  const isWaiting = state === 'pending' && problem === null
  return (
    <li class="stack stack-tight" data-delivery={id}>
      <div class="row row-between">
        <span class="strong">{t(`event_${type.replace('.', '_') as 'test'}`)}</span>
        <Badge {...(!isWaiting && { tone: TONES[state] })}>
          {t(`state_${isWaiting ? 'waiting' : state}`)}
        </Badge>
      </div>
      {problem !== null && <p class="small">{t(`problem_${problem}`, { status: String(status ?? '') })}</p>}
      <p class="small muted">
        <Time at={createdAt} />
        {attempts > 1 && ` · ${t('attempts', { count: attempts })}`}
        {nextAt !== null &&
          !isWaiting &&
          ` · ${t('nextAt', { at: formatInstant(nextAt, site.timeZone, 'dateTime') })}`}
      </p>
    </li>
  )
}

function TotalsCard({ slug }: { slug: string }) {
  const { site } = useSession()
  const path = `/api/studio/${slug}/public-totals`
  const totals = useLoad((signal) => get(path, PublicTotals, signal), [slug])
  const [wanted, setWanted] = useState<boolean>()
  const isPublic = wanted ?? (totals.state === 'ready' && totals.value.isPublic)
  const save = useAction(async () => {
    totals.setValue(await call('PUT', path, { body: { isPublic }, schema: PublicTotals }))
    toast(t('saved'))
  })
  if (totals.state !== 'ready') return null
  return (
    <Card title={t('totalsTitle')}>
      <form class="stack" onSubmit={save.run}>
        <p class="small muted">{t('totalsHint')}</p>
        <CheckField label={t('totalsPublic')} isChecked={isPublic} onChange={setWanted} />
        {totals.value.isPublic && (
          <CopyField label={t('totalsUrl')} text={`${site.publicUrl}/api/channels/${slug}/totals`} />
        )}
        <ProblemNotice problem={save.problem} />
        <div>
          <Button type="submit" isBusy={save.isBusy} isDisabled={isPublic === totals.value.isPublic}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Card>
  )
}
