/** The problem a guest reports about a payment: kept at its address, because a guest has no account. */
import * as v from 'valibot'
import { CaseThread } from '../../shared/contracts/cases.ts'
import { CaseBadge, Messages, WriteForm } from '../cases/thread.tsx'
import { t } from '../i18n/cases.ts'
import { call, get } from '../lib/api.ts'
import { useLoad } from '../ui/hooks.ts'
import { Card } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'

const GuestCase = v.object({ thread: v.nullable(CaseThread) })
const POLL_MS = 15_000

/** @param path of the payment */
export function GuestCaseCard({ path, reference }: { path: string; reference: string }) {
  const loaded = useLoad(async (signal) => (await get(`${path}/case`, GuestCase, signal)).thread)
  usePolling(async (signal) => {
    if (loaded.state !== 'ready' || loaded.value === null) return
    const { thread } = await get(`${path}/case`, GuestCase, signal)
    if (!signal.aborted) loaded.setValue(thread)
  }, POLL_MS)
  const thread = loaded.state === 'ready' ? loaded.value : null
  return (
    <Card>
      <details open={thread !== null && thread.state !== 'closed'}>
        <summary>
          {t('report')} {thread && <CaseBadge state={thread.state} />}
        </summary>
        <div class="stack">
          <p class="small muted">
            <code class="break">{t('reference', { id: reference })}</code>
          </p>
          {thread === null ? (
            <p>{t('reportText')}</p>
          ) : (
            <Messages messages={thread.messages} other={t('you')} />
          )}
          <WriteForm
            label={thread === null ? t('what') : t('message')}
            sendLabel={t('send')}
            onSend={async (text) =>
              loaded.setValue(await call('POST', `${path}/case`, { body: { text }, schema: CaseThread }))
            }
          />
        </div>
      </details>
    </Card>
  )
}
