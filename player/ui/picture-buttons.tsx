import { useRef, useState } from 'preact/hooks'
import { ConfirmDialog } from './dialog.tsx'
import { Notice, ProblemNotice } from './feedback.tsx'
import { useAction } from './hooks.ts'
import { Button } from './parts.tsx'

interface PictureButtonsProps<Refusal extends string> {
  /** For the browser's own dialog; what comes may be anything. */
  readonly accept: string
  readonly hasPicture: boolean
  readonly words: {
    readonly choose: string
    readonly remove: string
    readonly removeTitle: string
    readonly removeText: string
  }
  readonly refusalText: (refusal: Refusal) => string
  /** @returns why the file is not taken */
  readonly onChoose: (file: File) => Promise<Refusal | undefined>
  readonly onRemove: () => Promise<void>
}

/** Chooses a picture, replaces it, and takes it away again. */
export function PictureButtons<Refusal extends string>({
  accept,
  hasPicture,
  words,
  refusalText,
  onChoose,
  onRemove,
}: PictureButtonsProps<Refusal>) {
  const input = useRef<HTMLInputElement>(null)
  const [refusal, setRefusal] = useState<Refusal>()
  const [isRemoving, setRemoving] = useState(false)
  const upload = useAction(async () => {
    const file = input.current?.files?.[0]
    if (!file) return
    setRefusal(undefined)
    setRefusal(await onChoose(file))
  })
  const choose = (): void => {
    upload.run()
    // The same file may be chosen again after it was refused.
    queueMicrotask(() => {
      if (input.current) input.current.value = ''
    })
  }
  return (
    <>
      {refusal !== undefined && <Notice tone="danger">{refusalText(refusal)}</Notice>}
      <ProblemNotice problem={upload.problem} />
      <input ref={input} type="file" hidden aria-label={words.choose} accept={accept} onChange={choose} />
      <div class="row">
        <Button isBusy={upload.isBusy} onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        {hasPicture && (
          <Button tone="danger" onClick={() => setRemoving(true)}>
            {words.remove}
          </Button>
        )}
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        title={words.removeTitle}
        confirmLabel={words.remove}
        isDanger
        onConfirm={onRemove}
        onClose={() => setRemoving(false)}
      >
        <p>{words.removeText}</p>
      </ConfirmDialog>
    </>
  )
}
