/** What a form has changed: a PATCH, and the log that it leaves behind, name nothing else. */
export function changes<T extends object>(before: T, after: T): Partial<T> {
  const changed = Object.entries(after).filter(([name, value]) => before[name as keyof T] !== value)
  return Object.fromEntries(changed) as Partial<T>
}
