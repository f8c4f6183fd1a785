import { useState } from 'preact/hooks'
import { t } from '../i18n/shell.ts'
import { toast } from './feedback.tsx'
import { useAction } from './hooks.ts'
import { Button } from './parts.tsx'
import { ProblemNotice } from './feedback.tsx'

interface CopyButtonProps {
  readonly text: string
  readonly label?: string
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const copy = useAction(async () => {
    if (await copyText(text)) toast(t('copied'))
    else toast(t('copyFailed'), 'danger')
  })
  return (
    <Button isSmall tone="plain" onClick={() => copy.run()} isBusy={copy.isBusy}>
      {label ?? t('copy')}
    </Button>
  )
}

/** A value with its copy button, e.g. an address. */
export function CopyField({ label, text }: { label: string; text: string }) {
  return (
    <div class="field">
      <span class="field-label">{label}</span>
      <div class="secret">
        <code>{text}</code>
        <CopyButton text={text} />
      </div>
    </div>
  )
}

interface SecretFieldProps {
  readonly label: string
  /** Fetches the secret when the person asks for it: until then it is not in the page at all. */
  readonly reveal: () => Promise<string>
}

export function SecretField({ label, reveal }: SecretFieldProps) {
  const [secret, setSecret] = useState<string>()
  const show = useAction(async () => setSecret(await reveal()))
  return (
    <div class="field">
      <span class="field-label">{label}</span>
      <div class="secret">
        {secret === undefined ? (
          <code aria-label={t('hidden')}>••••••••••••</code>
        ) : (
          <code data-secret>{secret}</code>
        )}
        {secret === undefined ? (
          <Button isSmall tone="plain" onClick={() => show.run()} isBusy={show.isBusy}>
            {t('reveal')}
          </Button>
        ) : (
          <>
            <CopyButton text={secret} />
            <Button isSmall tone="plain" onClick={() => setSecret(undefined)}>
              {t('hide')}
            </Button>
          </>
        )}
      </div>
      <ProblemNotice problem={show.problem} />
    </div>
  )
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // There is no clipboard on plain HTTP, which is how a clinic's LAN runs: select and copy instead.
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  const parent = document.querySelector('dialog[open]') ?? document.body
  parent.append(area)
  area.select()
  const isCopied = document.execCommand('copy')
  area.remove()
  return isCopied
}
