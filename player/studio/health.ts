/** What the origin measured, in the streamer's words. */
import type { BroadcastHealth } from '../../shared/contracts/internal.ts'
import { currentLanguage } from '../i18n/language.ts'
import { t } from '../i18n/studio-on-air.ts'
import { codecName } from '../lib/codec-names.ts'

export interface Figure {
  readonly label: string
  readonly value: string
}

/** Something has been measured. */
export function isMeasured({ videoCodec, audioCodec, hints }: BroadcastHealth): boolean {
  return videoCodec !== undefined || audioCodec !== undefined || hints.length > 0
}

/** The limits are judged over this long: before, silence is no praise. */
const JUDGED_AFTER_MS = 8_000

/** @param onAirMs since the broadcast began */
export function isGood(health: BroadcastHealth, onAirMs: number): boolean {
  return onAirMs >= JUDGED_AFTER_MS && healthHints(health).length === 0
}

/** Only what is known. */
export function healthFigures(health: BroadcastHealth): Figure[] {
  const { videoCodec, audioCodec, width, height, frameRate, bitrateBps, keyFrameIntervalSeconds } = health
  const figures: [string, string | undefined][] = [
    [t('video'), videoCodec && codecName(videoCodec)],
    [t('size'), width && height ? `${width} × ${height}` : undefined],
    [t('frameRate'), frameRate === undefined ? undefined : number(frameRate, 2)],
    [t('bitrate'), bitrateBps === undefined ? undefined : bitrateText(bitrateBps)],
    [t('keyFrames'), keyFrameIntervalSeconds === undefined ? undefined : seconds(keyFrameIntervalSeconds)],
    [t('audio'), audioCodec && codecName(audioCodec)],
  ]
  return figures.flatMap(([label, value]) => (value ? [{ label, value }] : []))
}

/** What to change, most important first. */
export function healthHints(health: BroadcastHealth): string[] {
  const hints = health.hints.map((code) => hintText(code, health))
  if (health.audioCodec === undefined && health.videoCodec === undefined) return hints
  if (health.audioCodec === undefined) hints.push(t('no_sound'))
  if (health.videoCodec === undefined) hints.push(t('no_picture'))
  return hints
}

function hintText(code: string, { keyFrameIntervalSeconds = 0 }: BroadcastHealth): string {
  switch (code) {
    case 'key_frames_rare':
      return t(code, { seconds: number(keyFrameIntervalSeconds, 1) })
    case 'bitrate_over_limit':
    case 'resolution_over_limit':
    case 'time_limit_near':
    case 'nothing_playable':
    case 'ladder_missing':
    case 'ladder_slow':
    case 'ladder_failed':
    case 'recording_disk_filling':
    case 'recording_disk_full':
    case 'recording_failed':
    case 'recording_slow':
      return t(code)
    default:
      return t('unknownHint', { code })
  }
}

function bitrateText(bitsPerSecond: number): string {
  return bitsPerSecond < 1_000_000
    ? `${number(bitsPerSecond / 1000, 0)} kb/s`
    : `${number(bitsPerSecond / 1_000_000, 1)} Mb/s`
}

function seconds(count: number): string {
  return t('seconds', { count: number(count, 1) })
}

function number(value: number, maximumFractionDigits: number): string {
  return new Intl.NumberFormat(currentLanguage() === 'id' ? 'id-ID' : 'en-GB', {
    maximumFractionDigits,
  }).format(value)
}
