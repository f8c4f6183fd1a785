import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/shell.ts'
import { problemText } from '../lib/problem-text.ts'
import { Button } from './parts.tsx'

type Tone = 'note' | 'ok' | 'danger'

/** A message in the page. Danger interrupts a screen reader, the others wait. */
export function Notice({ tone = 'note', children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

/** The text of a failed action, or nothing. */
export function ProblemNotice({ problem }: { problem: unknown }) {
  return problem === undefined ? null : <Notice tone="danger">{problemText(problem)}</Notice>
}

/** A whole page or card that could not be loaded. */
export function Failed({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  return (
    <div class="empty" role="alert">
      <h2>{t('failedTitle')}</h2>
      <p>{problemText(problem)}</p>
      <Button onClick={onRetry}>{t('retry')}</Button>
    </div>
  )
}

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'ok' | 'danger'
}

const TOAST_MS = 5_000
const MAX_TOASTS = 4
let lastToastId = 0
let showToast: ((toast: Toast) => void) | undefined

/** A short message over the page that goes away by itself, and when it is pressed. Never the only sign of a failure. */
export function toast(text: string, tone: Toast['tone'] = 'ok'): void {
  lastToastId += 1
  showToast?.({ id: lastToastId, text, tone })
}

/** Drawn once, by `Page`. The live region is always there: a new one would not be announced. */
export function Toasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  useEffect(() => {
    showToast = (added) => {
      // The same words again are one message, said anew.
      setToasts((before) => [...before.filter(({ text }) => text !== added.text), added].slice(-MAX_TOASTS))
      setTimeout(() => setToasts((before) => before.filter(({ id }) => id !== added.id)), TOAST_MS)
    }
    return () => {
      showToast = undefined
    }
  }, [])
  const dismiss = (id: number): void => setToasts((before) => before.filter((shown) => shown.id !== id))
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map(({ id, text, tone }) => (
        <div key={id} class={`toast toast-${tone}`} onClick={() => dismiss(id)}>
          {text}
        </div>
      ))}
    </div>
  )
}
