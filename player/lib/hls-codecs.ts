import { Hls } from 'hls.js/light'
import { unplayableCodecs } from './codec-names.ts'

/** @param variants the CODECS attribute of each variant  @returns the names of what this browser cannot play */
export function unplayableHere(variants: readonly string[]): string[] {
  const canPlay = (mimeType: string): boolean => Hls.getMediaSource()?.isTypeSupported(mimeType) === true
  return unplayableCodecs(variants, canPlay)
}
