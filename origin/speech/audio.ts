import type { Voice } from '../../shared/speech.ts'

export interface SpokenAudio {
  readonly type: string
  readonly bytes: Uint8Array
}

export interface SpeechRequest {
  readonly voice: Voice
  readonly text: string
  readonly timeoutMs: number
}

/** Three minutes of what espeak-ng writes. */
export const MAX_AUDIO_BYTES = 8 * 1024 * 1024
