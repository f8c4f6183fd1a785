/** One change for many videos, one after the other. */
import { ApiProblem } from '../../lib/api.ts'

interface ChangeEach {
  readonly change: (id: string) => Promise<void>
  /** How many are done, whether it could be changed or not. */
  readonly onProgress: (done: number) => void
  readonly signal: AbortSignal
}

/**
 * @returns why some could not be changed, by their id; those behind an abort are in neither list
 * @throws what is no answer about one video: the line is away, the session has ended
 */
export async function changeEach(
  ids: readonly string[],
  { change, onProgress, signal }: ChangeEach,
): Promise<ReadonlyMap<string, ApiProblem>> {
  const refused = new Map<string, ApiProblem>()
  for (const [place, id] of ids.entries()) {
    if (signal.aborted) break
    try {
      await change(id)
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || !isOfOne(problem)) throw problem
      refused.set(id, problem)
    }
    onProgress(place + 1)
  }
  return refused
}

/** The next one could still be changed. */
function isOfOne({ status }: ApiProblem): boolean {
  return status === 404 || status === 409 || status === 422
}
