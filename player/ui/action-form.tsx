import type { ComponentChildren } from 'preact'
import { ProblemNotice } from './feedback.tsx'
import type { Action } from './hooks.ts'
import { Button } from './parts.tsx'

interface ActionFormProps {
  readonly action: Action
  /** Of the button that sends it. */
  readonly label: string
  /** `wide`: the one thing to do on the page. */
  readonly button?: 'soft' | 'main' | 'wide'
  /** Nothing to send yet. */
  readonly isDisabled?: boolean
  /** Said at its field already. */
  readonly hidesProblem?: boolean
  readonly children: ComponentChildren
}

/** Fields, what went wrong, and the button. */
export function ActionForm({
  action,
  label,
  button: look = 'soft',
  isDisabled = false,
  hidesProblem = false,
  children,
}: ActionFormProps) {
  const button = (
    <Button
      type="submit"
      tone={look === 'soft' ? 'soft' : 'main'}
      isWide={look === 'wide'}
      isBusy={action.isBusy}
      isDisabled={isDisabled}
    >
      {label}
    </Button>
  )
  return (
    <form class="stack" onSubmit={action.run}>
      {children}
      {!hidesProblem && <ProblemNotice problem={action.problem} />}
      {look === 'wide' ? button : <div>{button}</div>}
    </form>
  )
}
