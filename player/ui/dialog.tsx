import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../i18n/shell.ts'
import { ProblemNotice } from './feedback.tsx'
import { useAction } from './hooks.ts'
import { Button } from './parts.tsx'

interface DialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** The browser's own modal dialog: focus is kept inside and given back. */
export function Dialog({ isOpen, title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      {isOpen && (
        <div class="stack">
          <h2 id={id}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  )
}

interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly title: string
  readonly confirmLabel?: string
  readonly isDanger?: boolean
  /** What has to be known first is not there yet. */
  readonly isDisabled?: boolean
  /** The dialog stays open with the problem when it throws, and closes when it does not. */
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
  /** Says what will happen; may hold a Field. */
  readonly children: ComponentChildren
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const confirm = useAction(async () => {
    await props.onConfirm()
    props.onClose()
  })
  return (
    <Dialog isOpen={props.isOpen} title={props.title} onClose={props.onClose}>
      <form class="stack" onSubmit={confirm.run}>
        <div class="stack">{props.children}</div>
        <ProblemNotice problem={confirm.problem} />
        <DialogEnd
          label={props.confirmLabel ?? t('confirm')}
          isDanger={props.isDanger ?? false}
          isBusy={confirm.isBusy}
          isDisabled={props.isDisabled ?? false}
          onCancel={props.onClose}
        />
      </form>
    </Dialog>
  )
}

interface DialogEndProps {
  /** Of the button that sends the form. */
  readonly label: string
  readonly isDanger?: boolean
  readonly isBusy: boolean
  /** Nothing to send yet. */
  readonly isDisabled?: boolean
  readonly onCancel: () => void
}

/** The last line of a form in a dialog. */
export function DialogEnd({ label, isDanger = false, isBusy, isDisabled = false, onCancel }: DialogEndProps) {
  return (
    <div class="dialog-end">
      <Button tone="plain" onClick={onCancel}>
        {t('cancel')}
      </Button>
      <Button type="submit" tone={isDanger ? 'danger' : 'main'} isBusy={isBusy} isDisabled={isDisabled}>
        {label}
      </Button>
    </div>
  )
}
