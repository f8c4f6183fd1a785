/** What happens before money leaves for the first time: said before, and who to turn to while it waits. */
import { useState } from 'preact/hooks'
import { CaseForm } from '../cases/report.tsx'
import { t } from '../i18n/first-withdrawal.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'

/** @param heldId a withdrawal that waits for the check; there is somebody to write to about it */
export function FirstWithdrawal({ heldId }: { heldId: string | undefined }) {
  const [isWriting, setWriting] = useState(false)
  return (
    <Notice>
      <div class="stack stack-tight">
        <p>
          {t(heldId === undefined ? 'before' : 'waits')} <a href="/privacy">{t('kept')}</a>
        </p>
        {heldId !== undefined && (
          <div>
            <Button isSmall onClick={() => setWriting(true)}>
              {t('write')}
            </Button>
          </div>
        )}
      </div>
      {heldId !== undefined && (
        <Dialog isOpen={isWriting} title={t('write')} onClose={() => setWriting(false)}>
          <p>{t('careful')}</p>
          <CaseForm
            kind="withdrawal"
            reference={heldId}
            label={t('message')}
            onCancel={() => setWriting(false)}
          />
        </Dialog>
      )}
    </Notice>
  )
}
