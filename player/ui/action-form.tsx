import type { ComponentChildren } from 'preact'
import { ProblemNotice } from './feedback.tsx'
import type { Action } from './hooks.ts'
import { Button } from './parts.tsx'

interface ActionFormProps {
  readonly action: Action
  /** Of the button that sends it. */
  readonly label: string
  /** The one thing to do on the page. */
  readonly isMain?: boolean
  /** Said at its field already. */
  readonly hidesProblem?: boolean
  readonly children: ComponentChildren
}

/** Fields, what went wrong, and the button. */
export function ActionForm({
  action,
  label,
  isMain = false,
  hidesProblem = false,
  children,
}: ActionFormProps) {
  const button = (
    <Button type="submit" tone={isMain ? 'main' : 'soft'} isWide={isMain} isBusy={action.isBusy}>
      {label}
    </Button>
  )
  return (
    <form class="stack" onSubmit={action.run}>
      {children}
      {!hidesProblem && <ProblemNotice problem={action.problem} />}
      {isMain ? button : <div>{button}</div>}
    </form>
  )
}
