/** Which renditions a ladder has, and which of them a source is worth. Pure. */
import type { VideoSize } from './encoder.ts'

/** The source's sound without its picture: needs no encoder. */
export const AUDIO_RENDITION = 'audio'

/**
 * Named by the shorter side, so that a phone held upright counts as its equal on the side.
 * Bits a second for 30 frames of ordinary motion in H.264 (Apple HLS authoring specification, 1.27).
 */
const VIDEO_PRESETS = {
  '1080p': { shorterSide: 1080, bitrateBps: 4_500_000 },
  '720p': { shorterSide: 720, bitrateBps: 2_500_000 },
  '480p': { shorterSide: 480, bitrateBps: 1_200_000 },
  '360p': { shorterSide: 360, bitrateBps: 700_000 },
  '240p': { shorterSide: 240, bitrateBps: 350_000 },
  '144p': { shorterSide: 144, bitrateBps: 150_000 },
} as const

export type VideoPreset = keyof typeof VIDEO_PRESETS
export type LadderRung = VideoPreset | typeof AUDIO_RENDITION
const LADDER_RUNGS: readonly LadderRung[] = [
  ...(Object.keys(VIDEO_PRESETS) as VideoPreset[]),
  AUDIO_RENDITION,
]

export interface Variant extends VideoSize {
  readonly name: VideoPreset
  readonly bitrateBps: number
}

/** Of a text without a {@link ladderProblem}: largest first, however they were written. */
export function parseLadder(text: string): readonly LadderRung[] {
  const names = namesOf(text)
  return LADDER_RUNGS.filter((rung) => names.includes(rung))
}

const MAX_QUOTED_CHARS = 20

/** @returns what is wrong with it, for the person who wrote it; it names the first part that is no rung, or is there twice */
export function ladderProblem(text: string): string | undefined {
  const names = namesOf(text)
  const wrong = names.find((name, at) => !isRung(name) || names.indexOf(name) !== at)
  if (wrong === undefined) return undefined
  const why = isRung(wrong) ? 'is named twice' : 'is none of them'
  return `must be some of ${LADDER_RUNGS.join(', ')}, with commas between; ${JSON.stringify(wrong.slice(0, MAX_QUOTED_CHARS))} ${why}`
}

function namesOf(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function isRung(name: string): name is LadderRung {
  return LADDER_RUNGS.some((rung) => rung === name)
}

/** Largest first. Never as large as the source or larger: that would be the same picture, only worse. */
export function chooseVariants(rungs: readonly LadderRung[], source: VideoSize): Variant[] {
  const shorterSide = Math.min(source.width, source.height)
  return rungs.flatMap((name) => {
    if (name === AUDIO_RENDITION || VIDEO_PRESETS[name].shorterSide >= shorterSide) return []
    const { shorterSide: wanted, bitrateBps } = VIDEO_PRESETS[name]
    const scale = wanted / shorterSide
    return [{ name, bitrateBps, width: even(source.width * scale), height: even(source.height * scale) }]
  })
}

/** 4:2:0 halves both sides. */
function even(value: number): number {
  return Math.max(2, 2 * Math.round(value / 2))
}
