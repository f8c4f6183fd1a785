/** The reference number of a transaction, and the way to say that something is wrong with it. */
import { useState } from 'preact/hooks'
import { CaseThread, type OpenCase } from '../../shared/contracts/cases.ts'
import { t } from '../i18n/cases.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { Dialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'
import { WriteForm } from './thread.tsx'

export function ReportProblem({ kind, reference }: Pick<OpenCase, 'kind' | 'reference'>) {
  const [isOpen, setOpen] = useState(false)
  const send = async (text: string): Promise<void> => {
    try {
      const body: OpenCase = { kind, reference, text }
      const { id } = await call('POST', '/api/me/cases', { body, schema: CaseThread })
      toast(t('sent'))
      location.assign(`/cases#${id}`)
    } catch (problem) {
      // Everything about it is in one place.
      if (problem instanceof ApiProblem && problem.code === 'case_already_open') location.assign('/cases')
      throw problem
    }
  }
  return (
    <>
      <p class="row small muted">
        <code class="break">{t('reference', { id: reference })}</code>
        <button
          type="button"
          class="link-button"
          aria-label={t('reportOf', { reference })}
          onClick={() => setOpen(true)}
        >
          {t('report')}
        </button>
      </p>
      <Dialog isOpen={isOpen} title={t('reportTitle')} onClose={() => setOpen(false)}>
        <p>{t('reportText')}</p>
        <WriteForm label={t('what')} sendLabel={t('send')} onSend={send}>
          <Button tone="plain" onClick={() => setOpen(false)}>
            {t('cancel')}
          </Button>
        </WriteForm>
      </Dialog>
    </>
  )
}
