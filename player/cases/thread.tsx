/** The messages of a case and the field below them: the same for members, guests and admins. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type Case, CASE_TEXT_MAX_CHARS, type CaseMessage } from '../../shared/contracts/cases.ts'
import { t } from '../i18n/cases.ts'
import { fieldText } from '../lib/problem-text.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Badge, Button, Time } from '../ui/parts.tsx'
import './cases.css'

export function CaseBadge({ state }: Pick<Case, 'state'>) {
  if (state === 'closed') return <Badge>{t('state_closed')}</Badge>
  return <Badge tone={state === 'open' ? 'warn' : 'ok'}>{t(`state_${state}`)}</Badge>
}

interface MessagesProps {
  readonly messages: readonly CaseMessage[]
  /** What whoever opened the case is called here. */
  readonly other: string
}

export function Messages({ messages, other }: MessagesProps) {
  return (
    <ol class="messages" aria-live="polite">
      {messages.map(({ id, isFromAdmin, text, createdAt }) => (
        <li key={id} class={isFromAdmin ? 'message message-admin' : 'message'}>
          <p class="small muted">
            <span class="strong">{isFromAdmin ? t('admin') : other}</span> · <Time at={createdAt} />
          </p>
          <p class="message-text">{text}</p>
        </li>
      ))}
    </ol>
  )
}

interface WriteProps {
  readonly label: string
  readonly sendLabel: string
  readonly onSend: (text: string) => Promise<void>
  /** Other buttons beside it. */
  readonly children?: ComponentChildren
}

export function WriteForm({ label, sendLabel, onSend, children }: WriteProps) {
  const [text, setText] = useState('')
  const send = useAction(async () => {
    await onSend(text)
    setText('')
  })
  return (
    <form class="stack" onSubmit={send.run}>
      <Field
        label={label}
        value={text}
        onInput={setText}
        isLong
        isRequired
        maxLength={CASE_TEXT_MAX_CHARS}
        error={fieldText(send.problem, 'text')}
      />
      <ProblemNotice problem={send.problem} />
      <div class="row">
        <Button type="submit" tone="main" isBusy={send.isBusy}>
          {sendLabel}
        </Button>
        {children}
      </div>
    </form>
  )
}
