import { useEffect, useState } from 'preact/hooks'
import { formatRupiah, parseRupiah } from '../../shared/rupiah.ts'
import { newIdempotencyKey } from '../lib/api.ts'
import { type Draft, emptyDraft, parseDraft } from './draft.ts'

export interface DraftHandle {
  readonly draft: Draft
  readonly change: (changes: Partial<Omit<Draft, 'idempotencyKey'>>) => void
  /** A new form with a new key. */
  readonly renew: (kept?: Partial<Omit<Draft, 'idempotencyKey'>>) => void
}

/** Lives as long as the browser's tab: through signing in, a reload and a lost connection. */
export function useDraft(slug: string): DraftHandle {
  const storageKey = `panggung.donate.${slug}`
  const [draft, setDraft] = useState<Draft>(() => ({
    ...(read(storageKey) ?? emptyDraft(newIdempotencyKey())),
    ...askedAmount(),
  }))
  useEffect(() => {
    try {
      sessionStorage.setItem(storageKey, JSON.stringify(draft))
    } catch {
      // Storage is refused in some private modes: the form then does not survive signing in.
    }
  }, [draft])
  return {
    draft,
    change: (changes) => setDraft((before) => ({ ...before, ...changes })),
    renew: (kept) => setDraft({ ...emptyDraft(newIdempotencyKey()), ...kept }),
  }
}

/** `?amount=25000`, as the quick amounts of an embedded page link here. */
function askedAmount(): Partial<Draft> {
  const amount = parseRupiah(new URLSearchParams(location.search).get('amount') ?? '')
  return amount === undefined ? {} : { amountText: formatRupiah(amount) }
}

function read(storageKey: string): Draft | undefined {
  try {
    return parseDraft(sessionStorage.getItem(storageKey))
  } catch {
    return undefined // Refused storage is the same as no draft.
  }
}
