/** Ends a request on which no byte moves, however long the whole of it may take on a slow line. */
import { StorageSilent } from './problem.ts'

/** As much as a slow line takes in a few seconds. */
const PIECE_BYTES = 64 * 1024

export interface SilenceWatch {
  /** Aborted with StorageSilent. */
  readonly signal: AbortSignal
  readonly moved: () => void
  readonly end: () => void
}

export function watchSilence(silenceMs: number): SilenceWatch {
  const silent = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    clearTimeout(timer)
  }
  const moved = (): void => {
    clearTimeout(timer)
    if (!isOver) timer = setTimeout(() => silent.abort(new StorageSilent()), silenceMs)
  }
  moved()
  return { signal: silent.signal, moved, end }
}

/** The body of a request; each piece is asked for when the line has taken the one before. */
export function sentInPieces(
  body: Uint8Array<ArrayBuffer>,
  { moved }: SilenceWatch,
): ReadableStream<Uint8Array> {
  let offset = 0
  return new ReadableStream(
    {
      pull(controller) {
        moved()
        if (offset >= body.byteLength) return controller.close()
        controller.enqueue(body.subarray(offset, offset + PIECE_BYTES))
        offset += PIECE_BYTES
      },
    },
    { highWaterMark: 0 },
  )
}

/** The same answer; the watch ends with its body. */
export function readUnderWatch(answer: Response, { moved, end }: SilenceWatch): Response {
  const reader = answer.body?.getReader()
  if (!reader) {
    end()
    return answer
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          moved()
          if (value) return controller.enqueue(value)
          if (done) controller.close()
        } catch (error) {
          end()
          throw error
        }
        end()
      },
      cancel(reason) {
        end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: answer.status, headers: answer.headers })
}
