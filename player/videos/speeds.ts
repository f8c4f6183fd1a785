export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const

/** @returns 1 for what is none of them */
export function readSpeed(text: string | null): number {
  return SPEEDS.find((speed) => String(speed) === text) ?? 1
}

/** @returns the fastest, or slowest, at the end */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const next = direction === 1 ? SPEEDS.find((each) => each > speed) : SPEEDS.findLast((each) => each < speed)
  return next ?? (direction === 1 ? 2 : 0.25)
}
