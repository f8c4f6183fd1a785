/** One line a second, or a few, for what can happen thousands of times: a flood of connections must not flood the log. */
const QUIET_MS = 1000

/**
 * @param write gets how many times it happened since the last line
 * @param clock Unix ms
 * @param burst lines a second, where each tells something of its own
 */
export function limited<Detail>(
  write: (detail: Detail, times: number) => void,
  clock: () => number,
  burst = 1,
): (detail: Detail) => void {
  let secondAt = -Infinity
  let written = 0
  let times = 0
  return (detail) => {
    times++
    const now = clock()
    if (now - secondAt >= QUIET_MS) {
      secondAt = now
      written = 0
    }
    if (written >= burst) return
    written++
    write(detail, times)
    times = 0
  }
}
