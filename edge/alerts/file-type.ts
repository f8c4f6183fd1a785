/** What an uploaded picture or sound really is, by its first bytes: the declared type is the sender's word only. */
import type { ALERT_FILE_TYPES } from '../../shared/contracts/alert-settings.ts'
import { hasText, isGif, pictureType } from '../http/picture.ts'

export type AlertFileType = (typeof ALERT_FILE_TYPES)[number]

export function alertFileType(bytes: Uint8Array): AlertFileType | undefined {
  return pictureType(bytes) ?? (isGif(bytes) ? 'image/gif' : soundType(bytes))
}

function soundType(bytes: Uint8Array): AlertFileType | undefined {
  if (hasText(bytes, 0, 'OggS')) return 'audio/ogg'
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WAVE')) return 'audio/wav'
  return hasText(bytes, 0, 'ID3') || isMpegAudioFrame(bytes) ? 'audio/mpeg' : undefined
}

/** ISO/IEC 11172-3, 2.4.2.3: eleven bits of sync, then a version, a layer, a bit rate and a sample rate. */
function isMpegAudioFrame([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const isSynced = first === 0xff && (second & 0xe0) === 0xe0
  const isLayer3 = (second & 0x06) === 0x02
  const hasVersion = (second & 0x18) !== 0x08
  const hasRates = (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c
  return isSynced && isLayer3 && hasVersion && hasRates
}
