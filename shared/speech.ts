/** Alerts that are spoken: the edge asks an origin for the audio, `GET /speech?voice=…&text=…`. */
import * as v from 'valibot'

export const VOICES = ['id', 'en'] as const
export const Voice = v.picklist(VOICES)
export type Voice = v.InferOutput<typeof Voice>

export const SPEECH_PATH = '/speech'
/** A name, a sum of eight digits in words and the longest message. */
export const SPEECH_MAX_CHARS = 500
export const SpeechQuery = v.object({
  voice: Voice,
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(SPEECH_MAX_CHARS)),
})
/** An alert stays on screen until it was spoken, but no longer than this beyond its own time. */
export const SPEECH_MORE_MS = 30_000
