import { useId, useState } from 'preact/hooks'
import { t } from '../i18n/moderation.ts'

interface WordsFieldProps {
  readonly label: string
  readonly hint: string
  readonly words: readonly string[]
  readonly max: number
  readonly maxChars: number
  readonly onChange: (words: string[]) => void
}

/** A list of words, one a line; pasted lists with commas are taken apart as well. */
export function WordsField({ label, hint, words, max, maxChars, onChange }: WordsFieldProps) {
  const id = useId()
  const [text, setText] = useState(words.join('\n'))
  const tooLong = words.find((word) => word.length > maxChars)
  const problem =
    words.length > max
      ? t('tooManyWords', { count: words.length, max })
      : tooLong && t('wordTooLong', { word: tooLong.slice(0, maxChars), max: maxChars })
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <textarea
        id={id}
        class="input"
        rows={4}
        autoCapitalize="none"
        spellcheck={false}
        value={text}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
        onInput={({ currentTarget: { value } }) => {
          setText(value)
          onChange(readWords(value))
        }}
      />
      <div class="field-hint" id={`${id}-hint`}>
        {hint} {t('wordsLeft', { count: Math.max(0, max - words.length) })}
      </div>
      {problem !== undefined && (
        <div class="field-error" id={`${id}-error`} role="alert">
          {problem}
        </div>
      )}
    </div>
  )
}

function readWords(text: string): string[] {
  const words = text.split(/[\n,;]/).map((word) => word.trim())
  return [...new Set(words.filter((word) => word !== ''))]
}
