/** espeak-ng as a process: the words go in by its standard input, a WAV comes out. */
import { spawn } from 'node:child_process'
import { MAX_AUDIO_BYTES, type SpeechRequest, type SpokenAudio } from './audio.ts'

const WORDS_PER_MINUTE = '160'

export function speakByEspeak(
  command: string,
  { voice, text, timeoutMs }: SpeechRequest,
): Promise<SpokenAudio | undefined> {
  return new Promise((resolve) => {
    const args = ['-v', voice, '-s', WORDS_PER_MINUTE, '-b', '1', '--stdin', '--stdout']
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    const chunks: Buffer[] = []
    let sizeBytes = 0
    child.stdout.on('data', (bytes: Buffer) => {
      sizeBytes += bytes.length
      if (sizeBytes > MAX_AUDIO_BYTES) child.kill('SIGKILL')
      else chunks.push(bytes)
    })
    child.once('error', () => resolve(undefined))
    child.once('close', (exitCode) => {
      const bytes = exitCode === 0 ? finishedWav(Buffer.concat(chunks)) : undefined
      resolve(bytes && { type: 'audio/wav', bytes })
    })
    // It may end before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(spokenWords(text))
  })
}

/** `[[` would begin phonemes, which are no words; `<` is markup only with an option that is not given. */
export function spokenWords(text: string): string {
  return text.replaceAll('[', ' ').replaceAll(/\s+/g, ' ').trim()
}

const HEADER_BYTES = 44

/** Into a pipe it cannot write the sizes afterwards; decoders that believe the header would wait for more. */
export function finishedWav(bytes: Buffer): Buffer | undefined {
  const isWav = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE'
  if (!isWav || bytes.length <= HEADER_BYTES || bytes.toString('latin1', 36, 40) !== 'data') return undefined
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.writeUInt32LE(bytes.length - HEADER_BYTES, 40)
  return bytes
}
