/** `/cases`: one's own reports about transactions; `#ID` opens one. */
import { useEffect, useState } from 'preact/hooks'
import * as v from 'valibot'
import { Case, CaseThread } from '../../shared/contracts/cases.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { t } from '../i18n/cases.ts'
import { call, get } from '../lib/api.ts'
import { signInPath } from '../lib/next-path.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Page } from '../ui/page.tsx'
import { Button, Card, Empty, Money, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { CaseBadge, Messages, WriteForm } from './thread.tsx'

const Cases = v.object({ cases: v.array(Case) })
const POLL_MS = 15_000

function CasesPage() {
  const { member } = useSession()
  const [hash, setHash] = useState(location.hash.slice(1))
  useEffect(() => {
    const follow = (): void => setHash(location.hash.slice(1))
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  if (!member) {
    location.replace(signInPath(location.pathname + location.hash))
    return <Spinner />
  }
  return (
    <Page title={t('title')} isNarrow>
      {ULID_PATTERN.test(hash) ? <Thread key={hash} id={hash} /> : <CaseList />}
    </Page>
  )
}

function CaseList() {
  const paged = usePaged({
    load: async (before: string | undefined, signal) =>
      (await get(`/api/me/cases${before === undefined ? '' : `?before=${before}`}`, Cases, signal)).cases,
    cursorOf: ({ id }: Case) => id,
  })
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0)
    return (
      <Empty isWholePage title={t('emptyTitle')} action={<Button href="/wallet">{t('wallet')}</Button>}>
        {t('emptyText')}
      </Empty>
    )
  return (
    <Card title={t('title')}>
      <ul class="list">
        {rows.map(({ id, kind, amountRupiah, state, changedAt, reference }) => (
          <li key={id} class="stack stack-tight">
            <p class="row row-between">
              <a class="strong" href={`#${id}`}>
                {t(`kind_${kind}`)} <Money amount={amountRupiah} />
              </a>
              <CaseBadge state={state} />
            </p>
            <p class="small muted">
              <Time at={changedAt} /> · <code class="break">{t('reference', { id: reference })}</code>
            </p>
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

function Thread({ id }: { id: string }) {
  const path = `/api/me/cases/${id}`
  const loaded = useLoad((signal) => get(path, CaseThread, signal), [id])
  usePolling(async (signal) => {
    const now = await get(path, CaseThread, signal)
    if (!signal.aborted) loaded.setValue(now)
  }, POLL_MS)
  if (loaded.state === 'loading') return <Spinner />
  if (loaded.state === 'failed')
    return <Failed problem={loaded.problem} onRetry={() => void loaded.reload()} />
  const { kind, amountRupiah, state, reference, messages } = loaded.value
  return (
    <div class="stack">
      <p>
        <a href="#">{t('back')}</a>
      </p>
      <Card title={`${t(`kind_${kind}`)} `} end={<CaseBadge state={state} />}>
        <p>
          <Money amount={amountRupiah} />
        </p>
        <p class="small muted">
          <code class="break">{t('reference', { id: reference })}</code>
        </p>
        <Messages messages={messages} other={t('you')} />
        {state === 'closed' ? (
          <p>{t('closedText')}</p>
        ) : (
          <WriteForm
            label={t('message')}
            sendLabel={t('send')}
            onSend={async (text) =>
              loaded.setValue(await call('POST', `${path}/messages`, { body: { text }, schema: CaseThread }))
            }
          />
        )}
      </Card>
    </div>
  )
}

mount(CasesPage)
