/** Words that hold an alert on every channel. */
import { useState } from 'preact/hooks'
import { LISTED_WORD_MAX_CHARS, MAX_SITE_WORDS, SiteModeration } from '../../shared/contracts/moderation.ts'
import { t } from '../i18n/moderation.ts'
import { call, get } from '../lib/api.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Card, Spinner } from '../ui/parts.tsx'
import { WordsField } from '../ui/words-field.tsx'

const PATH = '/api/admin/moderation'

export function SiteWordsCard() {
  const site = useLoad((signal) => get(PATH, SiteModeration, signal))
  return (
    <Card title={t('siteTitle')}>
      {site.state === 'loading' && <Spinner />}
      {site.state === 'failed' && <Failed problem={site.problem} onRetry={() => void site.reload()} />}
      {site.state === 'ready' && <Editor saved={site.value} />}
    </Card>
  )
}

function Editor({ saved }: { saved: SiteModeration }) {
  const [blocked, setBlocked] = useState(saved.blocked)
  const save = useAction(async () => {
    await call('PUT', PATH, { body: { blocked }, schema: SiteModeration })
    toast(t('saved'))
  })
  return (
    <ActionForm action={save} label={t('save')} button="main">
      <WordsField
        label={t('siteBlocked')}
        hint={t('siteHint')}
        words={blocked}
        max={MAX_SITE_WORDS}
        maxChars={LISTED_WORD_MAX_CHARS}
        onChange={setBlocked}
      />
    </ActionForm>
  )
}
