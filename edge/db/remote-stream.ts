/** Streams of a libSQL server: each is a connection there, and to open one costs more than most statements do. */
import { openHttp, Stmt, type HttpStream, type Sql } from '@libsql/hrana-client'
import type { Clock, Row, SqlValue, Statement } from '../ports.ts'

/** Servers forget a stream after ten seconds of rest; well before that we do. */
const MAX_REST_MS = 5_000
const MAX_RESTING = 16
/** Texts that a server keeps for a stream; the client allows itself as many. */
const MAX_TEXTS = 30

export interface StreamOptions {
  readonly url: string
  readonly authToken?: string | undefined
  readonly clock: Pick<Clock, 'now'>
  /** For one request. */
  readonly timeoutMs: number
  /** Where a request may go on with what another one has begun: everywhere but on Workers. */
  readonly keepsStreams: boolean
}

/** For one user at a time. */
export interface RemoteStream {
  readonly hrana: HttpStream
  /** A text that goes with every donation goes once. */
  readonly toStmt: (statement: Statement) => Stmt
}

export type UseStream = <T>(work: (stream: RemoteStream) => Promise<T>) => Promise<T>

/** @returns lends a stream for one request, which `work` has to send before it first waits */
export function streamLender({ url, authToken, clock, timeoutMs, keepsStreams }: StreamOptions): UseStream {
  const resting: { readonly stream: RemoteStream; readonly since: number }[] = []

  function open(): RemoteStream {
    const client = openHttp(url, authToken, (input: Request) =>
      fetch(input, { signal: AbortSignal.any([input.signal, AbortSignal.timeout(timeoutMs)]) }),
    )
    client.intMode = 'number'
    const hrana = client.openStream()
    const texts = new Map<string, Sql>()
    return {
      hrana,
      toStmt({ sql, args = [] }) {
        const stmt = new Stmt(keepsStreams ? textOf(sql) : sql)
        stmt.bindIndexes([...args])
        return stmt
      },
    }
    function textOf(sql: string): Sql | string {
      const known = texts.get(sql)
      if (known ?? texts.size >= MAX_TEXTS) return known ?? sql
      const stored = hrana.storeSql(sql)
      texts.set(sql, stored)
      return stored
    }
  }

  function take(): RemoteStream {
    for (let last = resting.pop(); last; last = resting.pop())
      // Behind one that has rested for too long are only older ones.
      if (clock.now() - last.since > MAX_REST_MS) resting.length = 0
      else if (!last.stream.hrana.closed) return last.stream
    return open()
  }

  return async (work) => {
    const stream = keepsStreams ? take() : open()
    const done = work(stream)
    if (!keepsStreams) {
      // In the same request as the work.
      stream.hrana.closeGracefully()
      return done
    }
    try {
      return await done
    } finally {
      if (!stream.hrana.closed && resting.length < MAX_RESTING) resting.push({ stream, since: clock.now() })
    }
  }
}

export function toRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(value)]))
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqlValue)
}
