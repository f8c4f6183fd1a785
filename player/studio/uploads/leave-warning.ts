/** The browser asks whoever leaves the page before what is under way is lost. */
const busy = new Set<string>()

export function warnWhile(name: string, isBusy: boolean): void {
  if (isBusy) busy.add(name)
  else busy.delete(name)
  if (busy.size > 0) addEventListener('beforeunload', warn)
  else removeEventListener('beforeunload', warn)
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
