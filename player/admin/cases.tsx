/** The queue of cases: who waits for an answer about which transaction, the longest wait first. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import type { AdminDonation } from '../../shared/contracts/admin.ts'
import { AdminCase, AdminCaseThread, CASE_STATES, type CaseState } from '../../shared/contracts/cases.ts'
import { CaseBadge, Messages, WriteForm } from '../cases/thread.tsx'
import { t } from '../i18n/cases.ts'
import { call, get } from '../lib/api.ts'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Money, Spinner, Time } from '../ui/parts.tsx'
import { subjectText } from './case-subject.ts'
import { DonationRefund } from './donation-refund.tsx'
import { QueueRows, useQueue, Waiting } from './queue.tsx'

const Cases = v.object({ cases: v.array(AdminCase) })

export function CasesTab({ onDecided }: { onDecided: () => Promise<void> }) {
  const [state, setState] = useState<CaseState>('open')
  const [opened, setOpened] = useState<string>()
  const load = async (before: string | undefined, signal?: AbortSignal) => {
    const query = new URLSearchParams({ state, ...(before !== undefined && { before }) })
    return (await get(`/api/admin/cases?${query}`, Cases, signal)).cases
  }
  const { paged, onChange } = useQueue({ load, onDecided }, [state])
  return (
    <div class="stack">
      <Card>
        <SelectField
          label={t('filter')}
          value={state}
          options={CASE_STATES.map((value) => ({ value, label: t(`state_${value}`) }))}
          onChange={(value) => setState(value as CaseState)}
        />
      </Card>
      {opened !== undefined && (
        <OpenedCase key={opened} id={opened} onChange={onChange} onClose={() => setOpened(undefined)} />
      )}
      <QueueRows paged={paged} emptyTitle={t('adminEmptyTitle')} emptyText={t('adminEmptyText')}>
        {(each) =>
          each.id !== opened && <CaseCard key={each.id} about={each} onOpen={() => setOpened(each.id)} />
        }
      </QueueRows>
    </div>
  )
}

function nameOf({ member }: Pick<AdminCase, 'member'>): string {
  return member?.username ?? t('guest')
}

function CaseHead({ about }: { about: AdminCase }) {
  return (
    <>
      <p class="row">
        <span class="strong">{nameOf(about)}</span> <CaseBadge state={about.state} />
      </p>
      <p>
        {t(`kind_${about.kind}`)} <Money amount={about.amountRupiah} />
      </p>
      <p class="small muted">
        <code class="break">{t('reference', { id: about.reference })}</code>
      </p>
    </>
  )
}

function CaseCard({ about, onOpen }: { about: AdminCase; onOpen: () => void }) {
  return (
    <Card end={<Waiting since={about.changedAt} />}>
      <CaseHead about={about} />
      <div>
        <Button onClick={onOpen} label={t('showOf', { name: nameOf(about) })}>
          {t('show')}
        </Button>
      </div>
    </Card>
  )
}

/** Its words, where it went, and what can be done about it. */
function CaseDonation({
  donation,
  onRefunded,
}: {
  donation: AdminDonation
  onRefunded: () => Promise<void>
}) {
  const { from, to, senderName, message } = donation
  return (
    <div class="stack">
      {(senderName !== null || message !== null) && (
        <blockquote class="quote">
          {senderName !== null && <p class="strong">{senderName}</p>}
          {message !== null && <p>{message}</p>}
        </blockquote>
      )}
      <p class="row">
        <span>{from.username}</span> → <a href={`/c/${to.slug}`}>{to.title}</a>
        <DonationRefund donation={donation} onRefunded={onRefunded} />
      </p>
    </div>
  )
}

interface OpenedCaseProps {
  readonly id: string
  readonly onChange: () => Promise<void>
  readonly onClose: () => void
}

function OpenedCase({ id, onChange, onClose }: OpenedCaseProps) {
  const path = `/api/admin/cases/${id}`
  const loaded = useLoad((signal) => get(path, AdminCaseThread, signal), [id])
  const answer = async (text: string): Promise<void> => {
    const body = { text }
    loaded.setValue(await call('POST', `${path}/messages`, { body, schema: AdminCaseThread }))
    toast(t('answered'))
    await onChange()
  }
  const close = useAction(async () => {
    await call('POST', `${path}/close`)
    toast(t('closed'))
    onClose()
    await onChange()
  })
  if (loaded.state === 'loading') return <Spinner />
  if (loaded.state === 'failed')
    return <Failed problem={loaded.problem} onRetry={() => void loaded.reload()} />
  const thread = loaded.value
  return (
    <Card>
      <CaseHead about={thread} />
      <p class="small muted">
        {t('transaction')}: <Time at={thread.subject.at} /> · {subjectText(thread)}
      </p>
      {thread.donation && <CaseDonation donation={thread.donation} onRefunded={() => loaded.reload()} />}
      <Messages messages={thread.messages} other={nameOf(thread)} />
      <ProblemNotice problem={close.problem} />
      {thread.state !== 'closed' && (
        <WriteForm label={t('message')} sendLabel={t('answer')} onSend={answer}>
          <Button onClick={() => close.run()} isBusy={close.isBusy}>
            {t('close')}
          </Button>
        </WriteForm>
      )}
    </Card>
  )
}
