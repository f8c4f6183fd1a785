/** Names that people know, by the four characters with which RFC 6381 codecs begin. */
const NAMES: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hvc1: 'H.265',
  hev1: 'H.265',
  av01: 'AV1',
  mp4a: 'AAC',
  Opus: 'Opus',
  opus: 'Opus',
}

/** @param codec RFC 6381, e.g. `avc1.64001f` */
export function codecName(codec: string): string {
  return NAMES[codec.slice(0, 4)] ?? codec
}

/**
 * What of a playlist this browser cannot play.
 * @param variants the CODECS attribute of each variant
 */
export function unplayableCodecs(
  variants: readonly string[],
  canPlay: (mimeType: string) => boolean,
): string[] {
  const codecs = variants.flatMap((codecsOfOne) => codecsOfOne.split(',')).filter((codec) => codec !== '')
  return [...new Set(codecs.filter((codec) => !canPlay(`video/mp4; codecs="${codec}"`)).map(codecName))]
}

/** As `unplayableCodecs`, by what this browser feeds its players with; iPhones have the first one only. */
export function unplayableHere(variants: readonly string[]): string[] {
  const { ManagedMediaSource, MediaSource } = globalThis as {
    ManagedMediaSource?: typeof globalThis.MediaSource
    MediaSource?: typeof globalThis.MediaSource
  }
  const source = ManagedMediaSource ?? MediaSource
  return unplayableCodecs(variants, (mimeType) => source?.isTypeSupported(mimeType) === true)
}
