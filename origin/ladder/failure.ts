/** What goes wrong beside a broadcast: the streamer gets a hint, the operator a line in the log. */
import { limited } from '../observe/flood.ts'
import { type Log, name, names, word } from '../observe/log.ts'

/**
 * `missing`: there is no ffmpeg. `died`: it went away. `unreadable`: it wrote what is no FLV. `hung`: nothing comes out
 * of it. `slow`: it falls behind. `incomplete`: it left out a picture. `broken`: the ladder itself failed.
 */
export type LadderFailureKind = 'missing' | 'died' | 'unreadable' | 'hung' | 'slow' | 'incomplete' | 'broken'

export interface LadderFailure {
  readonly kind: LadderFailureKind
  /** One, where one is the cause, or all that go with their ffmpeg. */
  readonly renditions: readonly string[]
}

/** One warning a second, however many broadcasts fail. @param clock Unix ms */
export function warnOfFailures(
  log: Log,
  clock: () => number,
): (failure: LadderFailure, broadcastId: string) => void {
  const warn = limited<LadderFailure & { readonly broadcastId: string }>(
    ({ kind, renditions, broadcastId }, times) =>
      log.warn('ladder failed', {
        broadcast: name(broadcastId),
        renditions: names(renditions),
        kind: word(kind),
        times,
      }),
    clock,
  )
  return (failure, broadcastId) => warn({ ...failure, broadcastId })
}
