/** The terms that the member has agreed to, and a note when they have changed. */
import { TermsState } from '../../shared/contracts/legal.ts'
import { t } from '../i18n/terms.ts'
import { call, get } from '../lib/api.ts'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Time } from '../ui/parts.tsx'

export function TermsNote() {
  const terms = useLoad((signal) => get('/api/me/terms', TermsState, signal))
  const accept = useAction(async () => {
    if (terms.state !== 'ready') return
    const body = terms.value.newest
    terms.setValue(await call('POST', '/api/me/terms', { body, schema: TermsState }))
    toast(t('done'))
  })
  if (terms.state !== 'ready') return null
  const { accepted, isChanged } = terms.value
  if (!isChanged)
    return accepted === null ? null : (
      <p class="small muted">
        <a href="/terms">{t('link')}</a> · {t('accepted')} <Time at={accepted.at} />
      </p>
    )
  return (
    <Notice>
      <p>
        {t('changed')} <a href="/terms">{t('link')}</a>
      </p>
      <ProblemNotice problem={accept.problem} />
      <Button isSmall onClick={() => accept.run()} isBusy={accept.isBusy}>
        {t('accept')}
      </Button>
    </Notice>
  )
}
