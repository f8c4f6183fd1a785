import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { Invite, MadeInvite } from '../../shared/contracts/admin.ts'
import type { Registration } from '../../shared/contracts/site.ts'
import { t } from '../i18n/admin-invites.ts'
import { call, get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner, Time } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'

const Invites = v.object({ invites: v.array(Invite) })

export function InvitesTab({ registration }: { registration: Registration }) {
  const { site } = useSession()
  const [made, setMade] = useState<MadeInvite>()
  const open = useLoad(async (signal) => (await get('/api/admin/invites', Invites, signal)).invites)
  const make = useAction(async () => {
    setMade(await call('POST', '/api/admin/invites', { schema: MadeInvite }))
    await open.reload()
  })
  return (
    <div class="stack">
      <Card title={t('invitesTitle')}>
        <p>{t('invitesText')}</p>
        {registration === 'open' && <p class="muted">{t('invitesOpen')}</p>}
        {registration === 'closed' && <Notice>{t('invitesClosed')}</Notice>}
        {made && (
          <>
            <CopyField label={t('inviteLink')} text={made.url} />
            <Notice tone="ok">
              {t('inviteOnce', { time: formatInstant(made.expiresAt, site.timeZone) })}
            </Notice>
          </>
        )}
        <ProblemNotice problem={make.problem} />
        <div>
          <Button tone="main" onClick={() => make.run()} isBusy={make.isBusy}>
            {t('inviteMake')}
          </Button>
        </div>
      </Card>
      <Card title={t('invitesListTitle')}>
        {open.state === 'loading' && <Spinner />}
        {open.state === 'failed' && <Failed problem={open.problem} onRetry={() => void open.reload()} />}
        {open.state === 'ready' && <InviteList invites={open.value} onRevoked={open.reload} />}
      </Card>
    </div>
  )
}

interface InviteListProps {
  readonly invites: readonly Invite[]
  readonly onRevoked: () => Promise<void>
}

function InviteList({ invites, onRevoked }: InviteListProps) {
  const { site } = useSession()
  const [revoking, setRevoking] = useState<Invite>()
  const madeAt = (invite: Invite): string => formatInstant(invite.createdAt, site.timeZone)
  if (invites.length === 0) return <p class="muted">{t('invitesNone')}</p>
  return (
    <>
      <ul class="list">
        {invites.map((invite) => (
          <li key={invite.id} class="row row-between">
            <div class="grow">
              <p>{t('inviteBy', { admin: invite.madeBy, time: madeAt(invite) })}</p>
              <p class="small muted">
                {t('inviteUntil')} <Time at={invite.expiresAt} />
              </p>
            </div>
            <Button
              isSmall
              tone="danger"
              onClick={() => setRevoking(invite)}
              label={t('inviteRevokeOf', { time: madeAt(invite) })}
            >
              {t('inviteRevoke')}
            </Button>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        isOpen={revoking !== undefined}
        title={t('inviteRevokeTitle')}
        confirmLabel={t('inviteRevoke')}
        isDanger
        onConfirm={async () => {
          if (revoking) await call('DELETE', `/api/admin/invites/${revoking.id}`)
          toast(t('inviteRevoked'))
          await onRevoked()
        }}
        onClose={() => setRevoking(undefined)}
      >
        {revoking && <p>{t('inviteBy', { admin: revoking.madeBy, time: madeAt(revoking) })}</p>}
        <p>{t('inviteRevokeText')}</p>
      </ConfirmDialog>
    </>
  )
}
