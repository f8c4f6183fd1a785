/** One line a second for what can happen thousands of times: a flood of connections must not flood the log. */
const QUIET_MS = 1000

/**
 * @param write gets how many times it happened since the last line
 * @param clock Unix ms
 */
export function limited<Detail>(
  write: (detail: Detail, times: number) => void,
  clock: () => number,
): (detail: Detail) => void {
  let lastAt = -Infinity
  let times = 0
  return (detail) => {
    times++
    const now = clock()
    if (now - lastAt < QUIET_MS) return
    write(detail, times)
    lastAt = now
    times = 0
  }
}
