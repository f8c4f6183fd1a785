/** The reference number of a transaction, and the way to say that something is wrong with it. */
import { useState } from 'preact/hooks'
import { CaseThread, type OpenCase } from '../../shared/contracts/cases.ts'
import { t } from '../i18n/cases.ts'
import { ApiProblem, call } from '../lib/api.ts'
import { Dialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Button } from '../ui/parts.tsx'
import { WriteForm } from './thread.tsx'

type About = Pick<OpenCase, 'kind' | 'reference'>

export function ReportProblem({ kind, reference }: About) {
  const [isOpen, setOpen] = useState(false)
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
        <CaseForm kind={kind} reference={reference} label={t('what')} onCancel={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

interface CaseFormProps extends About {
  readonly label: string
  readonly onCancel: () => void
}

/** Opens a case about a transaction, and leads to it. */
export function CaseForm({ kind, reference, label, onCancel }: CaseFormProps) {
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
    <WriteForm label={label} sendLabel={t('send')} onSend={send}>
      <Button tone="plain" onClick={onCancel}>
        {t('cancel')}
      </Button>
    </WriteForm>
  )
}
