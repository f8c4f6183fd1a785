/**
 * How alerts look and sound, under /api/studio/:slug. Owner and operators read, the owner writes:
 *   GET    /alert-settings     AlertSettingsView
 *   PUT    /alert-settings     AlertSettings → AlertSettingsView
 *   POST   /alert-files        ?name=NAME and the file itself → 201 AlertFile
 *   DELETE /alert-files/:id    → 204 (409 file_in_use)
 *   GET    /alert-speech/:voice    audio of a sample sentence (404: nothing here can speak)
 */
import * as v from 'valibot'
import { unknownPlaceholders } from '../alert-template.ts'
import { Voice } from '../speech.ts'
import { Amount, AmountOrZero, Id, line } from './fields.ts'

export const ALERT_POSITIONS = [
  'top-left',
  'top',
  'top-right',
  'left',
  'center',
  'right',
  'bottom-left',
  'bottom',
  'bottom-right',
] as const
export const ALERT_ANIMATIONS = ['bounce', 'slide', 'fade', 'none'] as const
/** Families of fonts that every system has one of. */
export const ALERT_FONTS = ['sans', 'rounded', 'serif', 'mono'] as const

const Colour = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i), v.toLowerCase())
function whole(least: number, greatest: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(greatest))
}

export const TEXT_SIZE_PX = { least: 16, greatest: 96 } as const

/** What is missing, as in alerts of older versions, has its default. */
export const AlertLook = v.object({
  position: v.optional(v.picklist(ALERT_POSITIONS), 'center'),
  animation: v.optional(v.picklist(ALERT_ANIMATIONS), 'bounce'),
  font: v.optional(v.picklist(ALERT_FONTS), 'sans'),
  /** On a canvas 1080 px high; other sizes in proportion. */
  textSizePx: v.optional(whole(TEXT_SIZE_PX.least, TEXT_SIZE_PX.greatest), 40),
  textColour: v.optional(Colour, '#ffffff'),
  /** Of the name, the amount and the border. */
  accentColour: v.optional(Colour, '#ffc355'),
  cardColour: v.optional(Colour, '#1d1029'),
  cardOpacityPercent: v.optional(whole(0, 100), 92),
  volumePercent: v.optional(whole(0, 100), 80),
  /** Spoken after the sound, where an origin can. */
  speech: v.optional(
    v.object({
      isOn: v.optional(v.boolean(), false),
      minimumRupiah: v.optional(AmountOrZero, 0),
      voice: v.optional(Voice, 'id'),
      volumePercent: v.optional(whole(0, 100), 100),
    }),
    {},
  ),
  /** Between the end of one alert and the beginning of the next. */
  gapMs: v.optional(whole(0, 30_000), 1_000),
})
export type AlertLook = v.InferOutput<typeof AlertLook>

export const TEMPLATE_MAX_CHARS = 200
const Template = v.pipe(
  line(TEMPLATE_MAX_CHARS, 1),
  v.check((text) => unknownPlaceholders(text).length === 0, 'unknown_placeholder'),
)

export const MAX_VARIATIONS = 10
export const DURATION_MS = { least: 1_000, greatest: 60_000 } as const
export const LATE_AFTER_MS = { least: 60_000, greatest: 86_400_000 } as const

/** From this amount on, up to the next variation. `null`: the product's own picture or sound. */
export const AlertVariation = v.object({
  fromRupiah: Amount,
  template: Template,
  imageId: v.nullable(Id),
  soundId: v.nullable(Id),
})
export type AlertVariation = v.InferOutput<typeof AlertVariation>

export const AlertSettings = v.object({
  minimumAlertRupiah: AmountOrZero,
  template: Template,
  imageId: v.nullable(Id),
  soundId: v.nullable(Id),
  durationMs: whole(DURATION_MS.least, DURATION_MS.greatest),
  /** What waits for longer is told by one 'while you were away' line. */
  lateAfterMs: whole(LATE_AFTER_MS.least, LATE_AFTER_MS.greatest),
  /** Also written into the broadcast, so that the watch page shows it in step with the picture. */
  inStream: v.optional(v.boolean(), true),
  look: AlertLook,
  variations: v.pipe(
    v.array(AlertVariation),
    v.maxLength(MAX_VARIATIONS),
    v.check((all) => new Set(all.map(({ fromRupiah }) => fromRupiah)).size === all.length),
  ),
})
export type AlertSettings = v.InferOutput<typeof AlertSettings>

const ALERT_IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const
const ALERT_SOUND_TYPES = ['audio/mpeg', 'audio/ogg', 'audio/wav'] as const
export const ALERT_FILE_TYPES = [...ALERT_IMAGE_TYPES, ...ALERT_SOUND_TYPES] as const
export const ALERT_FILE_MAX_BYTES = 2_097_152
export const MAX_ALERT_FILES = 30
export const ALERT_FILE_NAME_MAX_CHARS = 80

export const AlertFile = v.object({
  id: Id,
  name: v.string(),
  type: v.picklist(ALERT_FILE_TYPES),
  sizeBytes: v.number(),
})
export type AlertFile = v.InferOutput<typeof AlertFile>

export const AlertSettingsView = v.object({ ...AlertSettings.entries, files: v.array(AlertFile) })
export type AlertSettingsView = v.InferOutput<typeof AlertSettingsView>

export function alertFileUrl(id: string): string {
  return `/files/${id}`
}
