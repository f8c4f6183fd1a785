/** What the queues that admins work off have in common. */
import type { ComponentChildren } from 'preact'
import { Failed } from '../ui/feedback.tsx'
import { MoreButton, type Paged, usePaged } from '../ui/paged.tsx'
import { Empty, Spinner, Time } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { ageText } from './age.ts'

const POLL_MS = 15_000

interface QueueOptions<Row> {
  readonly load: (before: string | undefined, signal?: AbortSignal) => Promise<readonly Row[]>
  readonly onDecided: () => Promise<void>
}

/** The rows, looked at again by themselves unless that would fold in what the reader opened. */
export function useQueue<Row extends { readonly id: string }>(
  { load, onDecided }: QueueOptions<Row>,
  inputs: readonly unknown[],
): { readonly paged: Paged<Row>; readonly onChange: () => Promise<void> } {
  const paged = usePaged({ load, cursorOf: ({ id }) => id }, inputs)
  usePolling(async () => {
    if (paged.state === 'ready' && !paged.value.hasMore) await paged.reload()
  }, POLL_MS)
  const onChange = async (): Promise<void> => {
    await Promise.all([paged.reload(), onDecided()])
  }
  return { paged, onChange }
}

interface QueueRowsProps<Row> {
  readonly paged: Paged<Row>
  readonly emptyTitle: string
  readonly emptyText: string
  readonly children: (row: Row) => ComponentChildren
}

export function QueueRows<Row>({ paged, emptyTitle, emptyText, children }: QueueRowsProps<Row>) {
  if (paged.state === 'loading') return <Spinner />
  if (paged.state === 'failed') return <Failed problem={paged.problem} onRetry={() => void paged.reload()} />
  if (paged.value.rows.length === 0) return <Empty title={emptyTitle}>{emptyText}</Empty>
  return (
    <>
      {paged.value.rows.map(children)}
      <MoreButton paged={paged} />
    </>
  )
}

/** @param since epoch ms */
export function Waiting({ since }: { since: number }) {
  return (
    <span class="small muted">
      {ageText(Date.now() - since)} (<Time at={since} />)
    </span>
  )
}
