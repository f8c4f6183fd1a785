/** The size of the canvas that most broadcasts have. */
const OVERLAY_SIZE = { width: 1920, height: 1080 } as const

/** A link that OBS makes a browser source of when it is dropped: name and size are read from its query. */
export function obsLink(
  overlayUrl: string,
  name: string,
  { width, height }: { readonly width: number; readonly height: number } = OVERLAY_SIZE,
): string {
  const link = new URL(overlayUrl)
  link.searchParams.set('layer-name', name)
  link.searchParams.set('layer-width', String(width))
  link.searchParams.set('layer-height', String(height))
  return link.href
}
