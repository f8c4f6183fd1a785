/** The page of a link that was sent to a new e-mail address. A press, because programs open links in mails too. */
import { useState } from 'preact/hooks'
import { t } from '../i18n/confirm-email.ts'
import { call } from '../lib/api.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { Notice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { mount } from '../ui/mount.tsx'
import { Page } from '../ui/page.tsx'
import { Card } from '../ui/parts.tsx'

const code = location.hash.slice(1)

function ConfirmEmail() {
  const [isDone, setDone] = useState(false)
  const confirm = useAction(async () => {
    await call('POST', '/api/accounts/email-changes', { body: { code } })
    setDone(true)
  })
  return (
    <Page title={t('title')} isNarrow>
      <Card>
        <h1>{t('title')}</h1>
        {isDone ? (
          <>
            <Notice tone="ok">{t('done')}</Notice>
            <p class="center">
              <a href="/account">{t('account')}</a>
            </p>
          </>
        ) : (
          <ActionForm action={confirm} label={t('confirm')} button="wide">
            <p>{t('text')}</p>
          </ActionForm>
        )}
      </Card>
    </Page>
  )
}

mount(ConfirmEmail)
