/** Words that videos are looked for by; found when they are sent, and all again when nothing is left of them. */
import { useEffect, useState } from 'preact/hooks'
import { VIDEO_SEARCH_MAX_CHARS } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { Button } from '../ui/parts.tsx'

interface SearchBoxProps {
  readonly label: string
  /** What is found now. */
  readonly words: string
  readonly onFind: (words: string) => void
}

export function SearchBox({ label, words, onFind }: SearchBoxProps) {
  const [typed, setTyped] = useState(words)
  useEffect(() => setTyped(words), [words])
  return (
    <form
      class="video-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        onFind(typed.trim())
      }}
    >
      <input
        class="input"
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={VIDEO_SEARCH_MAX_CHARS}
        value={typed}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value)
          if (value === '') onFind('')
        }}
      />
      <Button type="submit" tone="plain">
        {t('searchButton')}
      </Button>
    </form>
  )
}
