import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_AUDIO_BYTES } from './audio.ts'
import { spokenWords } from './espeak.ts'
import { createSpeech } from './speech.ts'

let folder: string
let server: Server | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-speech-'))
})
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

/** A program in the place of espeak-ng that misbehaves. */
async function program(script: string): Promise<string> {
  const path = join(folder, 'program')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
const readText = (path: string) => readFile(join(folder, path), 'utf8').catch(() => '')

describe('espeak-ng itself', () => {
  const speak = createSpeech({ espeakPath: 'espeak-ng' })

  test.each(['id', 'en'] as const)('speaks %s as a whole WAV', async (voice) => {
    const audio = await speak(voice, 'Bu Rini berdonasi lima puluh ribu rupiah.')
    expect(audio?.type).toBe('audio/wav')
    const bytes = Buffer.from(audio?.bytes ?? [])
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8)
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44)
    // Longer than a second at 22 kHz and 16 bits.
    expect(bytes.length).toBeGreaterThan(44_100)
  })

  test('takes words as words, whatever they look like', async () => {
    const dangerous = [
      '-f /etc/passwd',
      '$(id)',
      '<speak><break time="60s"/></speak>',
      '[[aaaaaaaa]]',
      '\u0000;',
    ]
    for (const text of dangerous) expect([text, (await speak('id', text))?.type]).toEqual([text, 'audio/wav'])
    expect(spokenWords('a [[b]]\nc')).toBe('a b]] c')
  })
})

describe('one that fails', () => {
  test('is not there', async () => {
    expect(await createSpeech({ espeakPath: join(folder, 'nowhere') })('id', 'halo')).toBeUndefined()
  })

  test.each([
    ['ends badly', 'exit 1'],
    ['writes nothing', 'cat > /dev/null'],
    ['writes no WAV', 'head -c 100 /dev/zero'],
    ['never ends', 'exec sleep 1000'],
    ['writes without end', 'exec cat /dev/zero'],
  ])('%s', async (_, script) => {
    const speak = createSpeech({ espeakPath: await program(script), timeoutMs: 1_500 })
    expect(await speak('id', 'halo')).toBeUndefined()
  })

  test('is tried again by the next who asks', async () => {
    const path = await program(`echo x >> ${folder}/runs; exit 1`)
    const speak = createSpeech({ espeakPath: path })
    await speak('id', 'halo')
    await speak('id', 'halo')
    expect(await readText('runs')).toBe('x\nx\n')
  })
})

test('a burst waits in a bounded queue, one process at a time, and the same words are spoken once', async () => {
  const path = await program(
    `if ! mkdir ${folder}/running; then echo x >> ${folder}/together; fi
     echo x >> ${folder}/runs
     espeak-ng "$@"
     rmdir ${folder}/running`,
  )
  const speak = createSpeech({ espeakPath: path, timeoutMs: 60_000 })
  const words = Array.from({ length: 30 }, (_, index) => `halo ${index}`)
  const spoken = await Promise.all([...words, 'halo 0', 'halo 1'].map((text) => speak('id', text)))
  const count = spoken.filter((audio) => audio !== undefined).length
  expect(count).toBe(18)
  expect(spoken[30]).toBe(spoken[0])
  expect((await readText('runs')).length / 2).toBe(16)
  expect(await readText('together')).toBe('')
  expect(await speak('id', 'halo 29')).toBeDefined()
})

describe('a service', () => {
  async function serve(listener: RequestListener) {
    const listening = createServer(listener)
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const { port } = listening.address() as AddressInfo
    const service = { url: `http://127.0.0.1:${port}/ucap`, token: 'rahasia' }
    return createSpeech({ espeakPath: join(folder, 'nowhere'), service, timeoutMs: 1_500 })
  }

  test('is asked with the token, and its audio is passed on', async () => {
    const asked: unknown[] = []
    const speak = await serve((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        asked.push([request.headers.authorization, JSON.parse(Buffer.concat(chunks).toString())])
        response.setHeader('content-type', 'audio/mpeg').end('suara')
      })
    })
    expect(await speak('en', 'hello')).toEqual({ type: 'audio/mpeg', bytes: Buffer.from('suara') })
    expect(asked).toEqual([['Bearer rahasia', { text: 'hello', language: 'en' }]])
  })

  test.each<[string, RequestListener]>([
    ['refuses', (_, response) => response.writeHead(500).end()],
    ['sends a page', (_, response) => response.setHeader('content-type', 'text/html').end('<p>')],
    ['leads elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['never answers', () => undefined],
    [
      'never ends',
      (_, response) => {
        response.setHeader('content-type', 'audio/mpeg')
        const more = (): void => void (response.writable && response.write(Buffer.alloc(65_536), more))
        more()
      },
    ],
    [
      'sends too much',
      (_, response) =>
        response.setHeader('content-type', 'audio/mpeg').end(Buffer.alloc(MAX_AUDIO_BYTES + 1)),
    ],
  ])('that %s is silent', async (_, listener) => {
    const speak = await serve(listener)
    expect(await speak('id', 'halo')).toBeUndefined()
  })
})
