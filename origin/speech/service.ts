/**
 * A speech service over HTTP: it is sent JSON `{ text, language }`, with a bearer token when one is configured, and
 * answers with audio.
 */
import { MAX_AUDIO_BYTES, type SpeechRequest, type SpokenAudio } from './audio.ts'

const AUDIO_TYPES = /^audio\/(?:mpeg|ogg|wav|x-wav|wave)\b/

export async function speakByService(
  { url, token }: { readonly url: string; readonly token?: string },
  { voice, text, timeoutMs }: SpeechRequest,
): Promise<SpokenAudio | undefined> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ text, language: voice }),
    // The token belongs to the configured address alone.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const type = response.headers.get('content-type') ?? ''
  if (!response.ok || !AUDIO_TYPES.test(type) || !response.body) {
    await response.body?.cancel()
    return undefined
  }
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length
    // Leaving the loop cancels the rest.
    if (sizeBytes > MAX_AUDIO_BYTES) return undefined
    chunks.push(chunk)
  }
  return sizeBytes === 0 ? undefined : { type: type.split(';', 1)[0] ?? '', bytes: Buffer.concat(chunks) }
}
