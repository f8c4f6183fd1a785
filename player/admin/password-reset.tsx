import { useState } from 'preact/hooks'
import { type AdminMember, MadeResetLink } from '../../shared/contracts/admin.ts'
import { t } from '../i18n/admin.ts'
import { call } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmDialog, Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'

/** A member who forgot their password gets a link from an admin: there is no e-mail to send it by. */
export function PasswordReset({ member }: { member: AdminMember }) {
  const { site } = useSession()
  const [isAsking, setAsking] = useState(false)
  const [link, setLink] = useState<MadeResetLink>()
  const name = member.username
  return (
    <div class="row row-between">
      <span>{t('password')}</span>
      <Button isSmall tone="plain" onClick={() => setAsking(true)} label={t('resetTitle', { name })}>
        {t('reset')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('resetTitle', { name })}
        confirmLabel={t('resetMake')}
        onConfirm={async () =>
          setLink(
            await call('POST', `/api/admin/members/${member.id}/password-resets`, { schema: MadeResetLink }),
          )
        }
        onClose={() => setAsking(false)}
      >
        <p>{t('resetText', { name })}</p>
        <p>{t('resetSure')}</p>
      </ConfirmDialog>
      <Dialog
        isOpen={link !== undefined}
        title={t('resetLinkTitle', { name })}
        onClose={() => setLink(undefined)}
      >
        {link && (
          <>
            <CopyField label={t('resetLink')} text={link.url} />
            <Notice tone="ok">
              {t('resetOnce', { time: formatInstant(link.expiresAt, site.timeZone) })}
            </Notice>
          </>
        )}
      </Dialog>
    </div>
  )
}
