/** What donors may say on screen. */
import { useState } from 'preact/hooks'
import {
  LISTED_WORD_MAX_CHARS,
  MAX_LISTED_WORDS,
  MODERATION_ACTIONS,
  ModerationRules,
  TriedText,
} from '../../shared/contracts/moderation.ts'
import { MESSAGE_MAX_CHARS, SENDER_NAME_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { t } from '../i18n/moderation.ts'
import { call, get } from '../lib/api.ts'
import { Failed, Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Spinner } from '../ui/parts.tsx'
import { WordsField } from '../ui/words-field.tsx'

export function ModerationTab({ slug, isOwner }: { slug: string; isOwner: boolean }) {
  const path = `/api/studio/${slug}/moderation`
  const rules = useLoad((signal) => get(path, ModerationRules, signal), [slug])
  if (rules.state === 'loading') return <Spinner />
  if (rules.state === 'failed') return <Failed problem={rules.problem} onRetry={() => void rules.reload()} />
  return (
    <div class="columns">
      {isOwner ? <Editor path={path} saved={rules.value} /> : <Notice>{t('ownerOnly')}</Notice>}
      <TryCard path={path} />
    </div>
  )
}

function Editor({ path, saved }: { path: string; saved: ModerationRules }) {
  const [kept, setKept] = useState(saved)
  const [draft, setDraft] = useState(saved)
  const change = (changes: Partial<ModerationRules>): void =>
    setDraft((before) => ({ ...before, ...changes }))
  const save = useAction(async () => {
    const answer = await call('PUT', path, { body: draft, schema: ModerationRules })
    setKept(answer)
    setDraft(answer)
    toast(t('saved'))
  })
  const isChanged = JSON.stringify(draft) !== JSON.stringify(kept)
  const actions = MODERATION_ACTIONS.map((value) => ({ value, label: t(`action_${value}`) }))
  const strict = actions.filter(({ value }) => value !== 'pass')
  return (
    <form class="stack" onSubmit={save.run}>
      <Card title={t('rulesTitle')}>
        <p class="small muted">{t('moneyHint')}</p>
        <CheckField
          label={t('holdsAll')}
          hint={t('holdsAllHint')}
          isChecked={draft.holdsAll}
          onChange={(holdsAll) => change({ holdsAll })}
        />
        <SelectField
          label={t('gambling')}
          hint={t('gamblingHint')}
          value={draft.gambling}
          options={actions}
          onChange={(gambling) => change({ gambling: gambling as ModerationRules['gambling'] })}
        />
        <SelectField
          label={t('profanity')}
          value={draft.profanity}
          options={actions}
          onChange={(profanity) => change({ profanity: profanity as ModerationRules['profanity'] })}
        />
        <SelectField
          label={t('links')}
          hint={t('linksHint')}
          value={draft.links}
          options={[
            { value: 'mask', label: t('links_mask') },
            { value: 'hold', label: t('action_hold') },
          ]}
          onChange={(links) => change({ links: links as ModerationRules['links'] })}
        />
      </Card>
      <Card title={t('wordsTitle')}>
        <WordsField
          label={t('blocked')}
          hint={t('blockedHint')}
          words={draft.blocked}
          max={MAX_LISTED_WORDS}
          maxChars={LISTED_WORD_MAX_CHARS}
          onChange={(blocked) => change({ blocked })}
        />
        <SelectField
          label={t('blockedWords')}
          value={draft.blockedWords}
          options={strict}
          onChange={(blockedWords) =>
            change({ blockedWords: blockedWords as ModerationRules['blockedWords'] })
          }
        />
        <WordsField
          label={t('allowed')}
          hint={t('allowedHint')}
          words={draft.allowed}
          max={MAX_LISTED_WORDS}
          maxChars={LISTED_WORD_MAX_CHARS}
          onChange={(allowed) => change({ allowed })}
        />
      </Card>
      <ProblemNotice problem={save.problem} />
      <div class="row">
        <Button type="submit" tone="main" isBusy={save.isBusy}>
          {t('save')}
        </Button>
        {isChanged && <span class="small muted">{t('unsaved')}</span>}
      </div>
    </form>
  )
}

function TryCard({ path }: { path: string }) {
  const [senderName, setSenderName] = useState('')
  const [message, setMessage] = useState('')
  const [tried, setTried] = useState<TriedText>()
  const attempt = useAction(async () => {
    setTried(await call('POST', `${path}/try`, { body: { senderName, message }, schema: TriedText }))
  })
  return (
    <Card title={t('tryTitle')}>
      <form class="stack" onSubmit={attempt.run}>
        <p class="small muted">{t('tryHint')}</p>
        <Field
          label={t('tryName')}
          value={senderName}
          onInput={setSenderName}
          maxLength={SENDER_NAME_MAX_CHARS}
          isOptional
        />
        <Field
          label={t('tryMessage')}
          value={message}
          onInput={setMessage}
          maxLength={MESSAGE_MAX_CHARS}
          isLong
        />
        <ProblemNotice problem={attempt.problem} />
        <div>
          <Button type="submit" isBusy={attempt.isBusy}>
            {t('try')}
          </Button>
        </div>
        <div role="status" class="stack stack-tight">
          {tried && (
            <>
              <p class="row">
                {tried.heldFor.length === 0 ? (
                  <Badge tone="ok">{t('triedShown')}</Badge>
                ) : (
                  tried.heldFor.map((why) => (
                    <Badge key={why} tone="warn">
                      {t('triedHeld', { why: t(`why_${why}`) })}
                    </Badge>
                  ))
                )}
              </p>
              <p class="break">{[tried.senderName, tried.message].filter(Boolean).join(': ')}</p>
            </>
          )}
        </div>
      </form>
    </Card>
  )
}
