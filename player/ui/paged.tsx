/** Lists that the server gives in pages: the first one when the page draws, the next when the reader asks. */
import { useRef } from 'preact/hooks'
import { t } from '../i18n/shell.ts'
import { ProblemNotice } from './feedback.tsx'
import { type Action, type Loading, useAction, useLoad } from './hooks.ts'
import { Button } from './parts.tsx'

interface Rows<Row> {
  readonly rows: readonly Row[]
  readonly hasMore: boolean
}

export type Paged<Row> = Loading<Rows<Row>> & {
  readonly more: Action
  /** For what arrives live, or was changed by the reader. */
  readonly change: (change: (rows: readonly Row[]) => readonly Row[]) => void
}

interface PagedOptions<Row, Cursor> {
  readonly load: (before: Cursor | undefined, signal?: AbortSignal) => Promise<readonly Row[]>
  readonly cursorOf: (row: Row) => Cursor
}

/** The server's pages are longer than this, so a shorter one is the last. */
const MIN_PAGE_ROWS = 20
/** What arrives live must not fill the memory of a page that is open all day. */
const MAX_ROWS = 2_000

export function usePaged<Row, Cursor extends string | number>(
  { load, cursorOf }: PagedOptions<Row, Cursor>,
  inputs: readonly unknown[] = [],
): Paged<Row> {
  const first = useLoad(async (signal) => toRows(await load(undefined, signal)), inputs)
  // Read when an answer arrives: what was drawn when the request began may be old by then.
  const latest = useRef<Rows<Row>>(undefined)
  latest.current = first.state === 'ready' ? first.value : undefined

  const replace = (value: Rows<Row>): void => {
    latest.current = value
    first.setValue(value)
  }
  const more = useAction(async () => {
    const last = latest.current?.rows.at(-1)
    if (last === undefined) return
    const next = toRows(await load(cursorOf(last)))
    const now = latest.current
    if (now && now.rows.at(-1) === last) replace({ ...next, rows: [...now.rows, ...next.rows] })
  })
  return {
    ...first,
    more,
    change: (change) => {
      const now = latest.current
      if (now) replace({ ...now, rows: change(now.rows).slice(0, MAX_ROWS) })
    },
  }
}

function toRows<Row>(rows: readonly Row[]): Rows<Row> {
  return { rows, hasMore: rows.length >= MIN_PAGE_ROWS }
}

/** Below a list; nothing when all of it is shown. */
export function MoreButton<Row>({ paged }: { paged: Paged<Row> }) {
  if (paged.state !== 'ready' || !paged.value.hasMore) return null
  return (
    <div class="stack stack-tight">
      <ProblemNotice problem={paged.more.problem} />
      <div class="center">
        <Button tone="plain" onClick={() => paged.more.run()} isBusy={paged.more.isBusy}>
          {t('more')}
        </Button>
      </div>
    </div>
  )
}
