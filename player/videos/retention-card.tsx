/** The rule that deletes videos by itself: of a channel, or of the whole installation. Off until it is set. */
import { useState } from 'preact/hooks'
import { RetentionRule } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ActionForm } from '../ui/action-form.tsx'
import { Failed, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Card, Spinner } from '../ui/parts.tsx'

export function RetentionCard({ path }: { path: string }) {
  const rule = useLoad((signal) => get(path, RetentionRule, signal), [path])
  return (
    <Card title={t('ruleTitle')}>
      <p class="small muted">{t('ruleText')}</p>
      {rule.state === 'loading' && <Spinner />}
      {rule.state === 'failed' && <Failed problem={rule.problem} onRetry={() => void rule.reload()} />}
      {rule.state === 'ready' && <RuleForm path={path} rule={rule.value} />}
    </Card>
  )
}

function RuleForm({ path, rule }: { path: string; rule: RetentionRule }) {
  const [days, setDays] = useState(textOf(rule.keepDays))
  const [gigabytes, setGigabytes] = useState(textOf(rule.keepGigabytes))
  const save = useAction(async () => {
    const body = { keepDays: numberOf(days), keepGigabytes: numberOf(gigabytes) }
    await call('PUT', path, { body, schema: RetentionRule })
    toast(t('saved'))
  })
  return (
    <ActionForm action={save} label={t('ruleSave')} button="main">
      <Field
        label={t('ruleDays')}
        value={days}
        onInput={setDays}
        inputMode="numeric"
        isOptional
        maxLength={5}
        error={fieldText(save.problem, 'keepDays')}
      />
      <Field
        label={t('ruleGigabytes')}
        value={gigabytes}
        onInput={setGigabytes}
        inputMode="numeric"
        isOptional
        maxLength={7}
        error={fieldText(save.problem, 'keepGigabytes')}
      />
    </ActionForm>
  )
}

function textOf(value: number | null): string {
  return value === null ? '' : String(value)
}

/** What is no number goes to the server as one that it names as wrong. */
function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
