import { useEffect, useState } from 'preact/hooks'

/** Until the reader has stopped typing. */
const SEARCH_DELAY_MS = 300

/** @returns the text as it was when it last stood still, so that not every letter asks the server */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SEARCH_DELAY_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
