import { useState } from 'preact/hooks'
import { ConfirmDialog } from './dialog.tsx'
import { Button } from './parts.tsx'

interface ConfirmButtonProps {
  readonly label: string
  /** Of the dialog that asks first. */
  readonly title: string
  /** What will happen. */
  readonly text: string
  /** The dialog stays open with the problem when it throws. */
  readonly onConfirm: () => Promise<void>
}

/** For what cannot be taken back. */
export function ConfirmButton({ label, title, text, onConfirm }: ConfirmButtonProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button tone="danger" isSmall onClick={() => setAsking(true)}>
        {label}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={title}
        confirmLabel={label}
        isDanger
        onConfirm={onConfirm}
        onClose={() => setAsking(false)}
      >
        <p>{text}</p>
      </ConfirmDialog>
    </>
  )
}
