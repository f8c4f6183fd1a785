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
  /** Something is new: the first page is asked for again, and whoever has read on keeps the place. */
  readonly refresh: () => Promise<void>
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
    if (!now || now.rows.at(-1) !== last) return
    // What moved down meanwhile is named again.
    const known = new Set(now.rows.map(cursorOf))
    replace({ ...next, rows: [...now.rows, ...next.rows.filter((row) => !known.has(cursorOf(row)))] })
  })
  const asked = useRef(first.reload)
  asked.current = first.reload
  const refresh = async (): Promise<void> => {
    if (!latest.current) return first.reload()
    // Changes with the inputs: an answer to what is asked no more is none.
    const question = asked.current
    try {
      const newest = toRows(await load(undefined))
      const now = latest.current
      if (now && asked.current === question) replace(joined(newest, now))
    } catch {
      // What is shown was right a moment ago, and the next event asks again.
    }
  }
  /** The newest page, and what follows it in what was read. */
  const joined = (newest: Rows<Row>, now: Rows<Row>): Rows<Row> => {
    const last = newest.rows.at(-1)
    const place = last === undefined ? -1 : now.rows.findIndex((row) => cursorOf(row) === cursorOf(last))
    if (place < 0 || place === now.rows.length - 1) return newest
    const known = new Set(newest.rows.map(cursorOf))
    const older = now.rows.slice(place + 1).filter((row) => !known.has(cursorOf(row)))
    return { ...now, rows: [...newest.rows, ...older] }
  }
  return {
    ...first,
    more,
    refresh,
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
