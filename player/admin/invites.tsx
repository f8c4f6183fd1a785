import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { Instant } from '../../shared/contracts/fields.ts'
import type { Registration } from '../../shared/contracts/site.ts'
import { t } from '../i18n/admin.ts'
import { call } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Notice, ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'

const Invite = v.object({ url: v.string(), expiresAt: Instant })

export function InvitesTab({ registration }: { registration: Registration }) {
  const { site } = useSession()
  const [invite, setInvite] = useState<v.InferOutput<typeof Invite>>()
  const make = useAction(async () => {
    setInvite(await call('POST', '/api/admin/invites', { schema: Invite }))
  })
  return (
    <Card title={t('invitesTitle')}>
      <p>{t('invitesText')}</p>
      {registration === 'open' && <p class="muted">{t('invitesOpen')}</p>}
      {registration === 'closed' && <Notice>{t('invitesClosed')}</Notice>}
      {invite && (
        <>
          <CopyField label={t('inviteLink')} text={invite.url} />
          <Notice tone="ok">
            {t('inviteOnce', { time: formatInstant(invite.expiresAt, site.timeZone) })}
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
  )
}
