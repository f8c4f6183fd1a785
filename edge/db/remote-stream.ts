/**
 * Streams of a libSQL server (Hrana over HTTP). Each is a connection there, and a new one reads the whole schema before
 * its first statement: eight times the work of most statements. So a stream that is done rests, for the next call.
 */
import { openHttp, ResponseError, type HttpStream } from '@libsql/hrana-client'
import type { Clock } from '../ports.ts'

/** Servers forget a stream after ten seconds of rest; well before that it is left to them. */
const MAX_REST_MS = 5_000
/** A server allows only so many connections (sqld: 128), and edges share them. */
const MAX_KEPT = 8

export interface StreamOptions {
  readonly url: string
  readonly authToken?: string | undefined
  readonly clock: Pick<Clock, 'now'>
  /** For one request. */
  readonly timeoutMs: number
}

export interface Streams {
  /**
   * Lends a stream to one call. What rests belongs to no request, so that on Workers, too, the next one may go on with it.
   * @param work sends its only request before it first waits
   */
  use<T>(work: (stream: HttpStream) => Promise<T>): Promise<T>
  forgetAll(): void
}

export function openStreams({ url, authToken, clock, timeoutMs }: StreamOptions): Streams {
  const resting: { readonly stream: HttpStream; readonly since: number }[] = []
  let lent = 0

  function open(): HttpStream {
    // A client of its own: a client keeps all its streams until they are closed.
    const client = openHttp(url, authToken, (input: Request) =>
      fetch(input, { signal: AbortSignal.any([input.signal, AbortSignal.timeout(timeoutMs)]) }),
    )
    client.intMode = 'number'
    return client.openStream()
  }

  function takeRested(): HttpStream | undefined {
    const newest = resting.pop()
    if (!newest) return undefined
    const restedMs = clock.now() - newest.since
    if (restedMs >= 0 && restedMs <= MAX_REST_MS) return newest.stream
    // Those behind it have rested for longer, or the clock was set.
    resting.length = 0
    return undefined
  }

  return {
    async use(work) {
      const stream = takeRested() ?? open()
      const isKept = lent < MAX_KEPT
      lent++
      const rest = (): void => {
        if (isKept && !stream.closed && resting.length < MAX_KEPT)
          resting.push({ stream, since: clock.now() })
      }
      try {
        const done = work(stream)
        // In the same request as the work.
        if (!isKept) stream.closeGracefully()
        const result = await done
        rest()
        return result
      } catch (error) {
        if (isBrokenRule(error)) rest()
        else {
          // Whatever state it is in, nobody goes on from there; and a server that has lost one may have lost all.
          stream.close()
          resting.length = 0
        }
        throw error
      } finally {
        lent--
      }
    },
    forgetAll() {
      resting.length = 0
    },
  }
}

/** An ordinary answer: what the statement or its transaction did was taken back with it. */
function isBrokenRule(error: unknown): boolean {
  return error instanceof ResponseError && error.code === 'SQLITE_CONSTRAINT'
}
