/** A photograph is within a fitting limit by the second at the latest; noise by the last. */
const QUALITIES = [0.88, 0.7, 0.5, 0.3, 0.1]

/** Of what is drawn, in the best quality of at most `maxBytes`. Throws when there is none. */
export async function smallJpeg(canvas: HTMLCanvasElement, maxBytes: number): Promise<Blob> {
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (blob && blob.type === 'image/jpeg' && blob.size <= maxBytes) return blob
  }
  throw new Error('The picture stays too large')
}
