/** What a long bench is doing, beside its result: on standard error, with the time since the start. */
const startedAt = performance.now()

export function progress(text: string): void {
  const seconds = (performance.now() - startedAt) / 1000
  console.error(`${seconds.toFixed(1).padStart(7)} s  ${text}`)
}
