/** espeak-ng as a process: the words go in by its standard input, a WAV comes out. */
import { runProgram } from '../run-program.ts'
import { MAX_AUDIO_BYTES, type SpeechRequest, type SpokenAudio } from './audio.ts'

const WORDS_PER_MINUTE = '160'

export async function speakByEspeak(
  command: string,
  { voice, text, timeoutMs }: SpeechRequest,
): Promise<SpokenAudio | undefined> {
  const spoken = await runProgram({
    command,
    args: ['-v', voice, '-s', WORDS_PER_MINUTE, '-b', '1', '--stdin', '--stdout'],
    input: [spokenWords(text)],
    timeoutMs,
    maxOutputBytes: MAX_AUDIO_BYTES,
  })
  const bytes = spoken && finishedWav(spoken)
  return bytes && { type: 'audio/wav', bytes }
}

/** `[[` would begin phonemes, which are no words; `<` is markup only with an option that is not given. */
export function spokenWords(text: string): string {
  return text.replaceAll('[', ' ').replaceAll(/\s+/g, ' ').trim()
}

const HEADER_BYTES = 44

/** Into a pipe it cannot write the sizes afterwards; decoders that believe the header would wait for more. */
function finishedWav(bytes: Buffer): Buffer | undefined {
  const isWav = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE'
  if (!isWav || bytes.length <= HEADER_BYTES || bytes.toString('latin1', 36, 40) !== 'data') return undefined
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 40)
  return bytes
}
