import { useState } from 'preact/hooks'
import * as v from 'valibot'
import type { Right } from '../../shared/contracts/accounts.ts'
import { AdminMember } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { t as rights } from '../i18n/rights.ts'
import { get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Failed } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { MoreButton, usePaged } from '../ui/paged.tsx'
import { Badge, Button, Card, Empty, Money, Spinner } from '../ui/parts.tsx'
import { useSettled } from '../ui/settled.ts'
import { MemberAvatar } from './avatar.tsx'
import { CreditDialog } from './credit.tsx'
import { PasswordReset } from './password-reset.tsx'
import { Freeze } from './freeze.tsx'
import { RightDialog } from './right-dialog.tsx'

const Members = v.object({ members: v.array(AdminMember) })

export function MembersTab({ hasDonations }: { hasDonations: boolean }) {
  const [typed, setTyped] = useState('')
  const query = useSettled(typed.trim())
  return (
    <div class="stack">
      <Field label={t('search')} type="search" value={typed} onInput={setTyped} autoComplete="off" />
      <MemberList query={query} hasDonations={hasDonations} />
    </div>
  )
}

function MemberList({ query, hasDonations }: { query: string; hasDonations: boolean }) {
  const paged = usePaged(
    {
      load: async (before: string | undefined, signal) => {
        const search = new URLSearchParams({ query, ...(before !== undefined && { before }) })
        return (await get(`/api/admin/members?${search}`, Members, signal)).members
      },
      cursorOf: ({ id }: AdminMember) => id,
    },
    [query],
  )
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  const { rows } = paged.value
  if (rows.length === 0) return <Empty title={t('membersEmptyTitle')}>{t('membersEmptyText')}</Empty>
  return (
    <Card>
      <ul class="list">
        {rows.map((member) => (
          <li key={member.id}>
            <MemberLine
              member={member}
              hasDonations={hasDonations}
              onChange={(changed) =>
                paged.change((all) => all.map((row) => (row.id === changed.id ? changed : row)))
              }
            />
          </li>
        ))}
      </ul>
      <MoreButton paged={paged} />
    </Card>
  )
}

interface MemberLineProps {
  readonly member: AdminMember
  readonly hasDonations: boolean
  readonly onChange: (member: AdminMember) => void
}

function MemberLine({ member, hasDonations, onChange }: MemberLineProps) {
  const { site } = useSession()
  return (
    <details class="member">
      <summary aria-label={t('manageOf', { name: member.username })}>
        <span class="grow">
          <span class="row">
            <span class="strong">{member.username}</span>
            {member.frozenAt !== null && <Badge tone="danger">{t('frozen')}</Badge>}
            {member.rights.map((right) => (
              <Badge key={right} tone="ok">
                {rights(right)}
              </Badge>
            ))}
          </span>
          <span class="small muted member-mail">{member.email}</span>
        </span>
        <span class="member-end">
          {hasDonations && <Money amount={member.balanceRupiah} />}
          <span class="small member-manage">{t('manage')}</span>
        </span>
      </summary>
      <div class="stack member-open">
        <p class="small muted">
          {t('registered', { time: formatInstant(member.registeredAt, site.timeZone, 'date') })}
          {member.termsAcceptedAt !== null &&
            ` · ${t(member.hasOldTerms ? 'termsOld' : 'terms', {
              time: formatInstant(member.termsAcceptedAt, site.timeZone, 'date'),
            })}`}
          {member.channel !== null && (
            <>
              {' '}
              · <a href={`/c/${member.channel}`}>/c/{member.channel}</a>
            </>
          )}
        </p>
        <Rights member={member} hasDonations={hasDonations} onChange={onChange} />
        <MemberAvatar member={member} onChange={onChange} />
        <PasswordReset member={member} />
        <Freeze member={member} onChange={onChange} />
        {hasDonations && <Balance member={member} onChange={onChange} />}
      </div>
    </details>
  )
}

function Rights({ member, hasDonations, onChange }: MemberLineProps) {
  const [chosen, setChosen] = useState<Right>()
  const all: Right[] = hasDonations ? ['on_air', 'donations'] : ['on_air']
  const name = member.username
  return (
    <ul class="list">
      {all.map((right) => {
        const isHeld = member.rights.includes(right)
        const names = { right: rights(right), name }
        return (
          <li key={right} class="row row-between">
            <span>{rights(right)}</span>
            <Button
              isSmall
              tone={isHeld ? 'danger' : 'plain'}
              onClick={() => setChosen(right)}
              label={isHeld ? t('withdrawOf', names) : t('giveOf', names)}
            >
              {isHeld ? t('withdraw') : t('give')}
            </Button>
          </li>
        )
      })}
      {chosen !== undefined && (
        <RightDialog
          member={member}
          right={chosen}
          onChange={onChange}
          onClose={() => setChosen(undefined)}
        />
      )}
    </ul>
  )
}

function Balance({ member, onChange }: Omit<MemberLineProps, 'hasDonations'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div class="row row-between">
      <span>
        {t('balance')} <Money amount={member.balanceRupiah} />
      </span>
      <Button
        isSmall
        tone="main"
        onClick={() => setOpen(true)}
        label={t('creditTitle', { name: member.username })}
      >
        {t('credit')}
      </Button>
      {isOpen && <CreditDialog member={member} onChange={onChange} onClose={() => setOpen(false)} />}
    </div>
  )
}
