import type { ComponentChildren } from 'preact'
import { REASON_MAX_CHARS } from '../../shared/contracts/fields.ts'
import { Field } from './field.tsx'

interface ReasonFieldProps {
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
  /** A textarea. */
  readonly isLong?: boolean
}

/** Why somebody decides or asks: kept in the log, and shown to whom it is about. */
export function ReasonField(props: ReasonFieldProps) {
  return <Field {...props} isRequired maxLength={REASON_MAX_CHARS} />
}
