/** The site's own rules, in both languages. */
import { useState } from 'preact/hooks'
import {
  LEGAL_PAGES,
  LEGAL_TEXT_MAX_CHARS,
  LegalPage,
  type LegalLanguage,
  type LegalPageName,
} from '../../shared/contracts/legal.ts'
import { t } from '../i18n/legal.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Failed, ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'

const LANGUAGES = [
  { value: 'id', label: 'Bahasa Indonesia' },
  { value: 'en', label: 'English' },
]

export function LegalCard() {
  const [name, setName] = useState<LegalPageName>('terms')
  const [language, setLanguage] = useState<LegalLanguage>('id')
  const page = useLoad(
    (signal) => get(`/api/legal/${name}?language=${language}`, LegalPage, signal),
    [name, language],
  )
  return (
    <Card title={t('cardTitle')}>
      <p>{t('cardText')}</p>
      <div class="columns">
        <SelectField
          label={t('page')}
          value={name}
          options={LEGAL_PAGES.map((value) => ({ value, label: t(value) }))}
          onChange={(value) => setName(value as LegalPageName)}
        />
        <SelectField
          label={t('language')}
          value={language}
          options={LANGUAGES}
          onChange={(value) => setLanguage(value as LegalLanguage)}
        />
      </div>
      {page.state === 'loading' && <Spinner />}
      {page.state === 'failed' && <Failed problem={page.problem} onRetry={() => void page.reload()} />}
      {page.state === 'ready' && (
        <Editor
          key={`${name} ${language} ${page.value.version}`}
          saved={page.value}
          onSaved={page.setValue}
        />
      )}
    </Card>
  )
}

function Editor({ saved, onSaved }: { saved: LegalPage; onSaved: (page: LegalPage) => void }) {
  const [text, setText] = useState(saved.text)
  const { name, language, version } = saved
  const save = useAction(async () => {
    const body = { language, text, version }
    const now = await call('PUT', `/api/admin/legal/${name}`, { body, schema: LegalPage })
    toast(t('saved', { version: now.version }))
    onSaved(now)
  })
  return (
    <form class="stack legal-editor" onSubmit={save.run}>
      <Field
        label={t('text')}
        hint={t('textHint')}
        value={text}
        onInput={setText}
        isLong
        isRequired
        maxLength={LEGAL_TEXT_MAX_CHARS}
        error={fieldText(save.problem, 'text')}
      />
      <ProblemNotice problem={save.problem} />
      <div>
        <Button type="submit" tone="main" isBusy={save.isBusy} isDisabled={text === saved.text}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
