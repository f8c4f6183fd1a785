/** From an encoder to the picture in a real browser, and what must not disturb it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { findExecutable } from '../setup.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir, refusalOf, type OnAir } from '../support/broadcast.ts'
import { openPage, playback, type WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { issueKey, makeStreamer, withdraw } from '../support/people.ts'
import { beginStory } from '../support/story.ts'

const story = beginStory()

async function openWatchPage(slug: string): Promise<WatchedPage> {
  const watched = await openPage(story.browser)
  await watched.page.goto(`${story.installation.url}/c/${slug}`)
  return watched
}

/** Shown frames and decoded sound both grow from here. */
async function plays(page: Page, { hasSound = true, frames = 15 } = {}): Promise<void> {
  const before = await eventually('a picture', async () => {
    const now = await playback(page)
    return now !== undefined && now.shownFrames > 0 ? now : undefined
  })
  await eventually('the picture moves', async () => {
    const now = await playback(page)
    const hasHeard = !hasSound || (now?.decodedAudioBytes ?? 0) > before.decodedAudioBytes
    return now !== undefined && now.shownFrames >= before.shownFrames + frames && hasHeard
  })
}

describe('watching', () => {
  test('the picture moves, there is sound, and the page says how far behind it is', async () => {
    const onAir = await goOnAir(story.installation, { fixture: 'obs-30', latencyMode: 'ultra' })
    const { page, context, complaints } = await openWatchPage(onAir.streamer.slug)
    await plays(page)
    const figures = await playback(page)
    expect(figures).toMatchObject({ width: 640, paused: false, error: null })
    const readout = page.locator('[data-latency]')
    await readout.waitFor()
    const seconds = Number(await readout.getAttribute('data-latency'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(60)
    expect(complaints).toEqual([])
    await context.close()
    await onAir.stop()
  })

  test.each(['audio-only', 'video-only'] as const)('%s plays', async (fixture) => {
    const onAir = await goOnAir(story.installation, { fixture, latencyMode: 'ultra' })
    const { page, context } = await openWatchPage(onAir.streamer.slug)
    if (fixture === 'video-only') await plays(page, { hasSound: false })
    else
      await eventually('sound is decoded and time goes on', async () => {
        const now = await playback(page)
        return now !== undefined && now.decodedAudioBytes > 0 && now.currentTime > 1
      })
    expect((await playback(page))?.error).toBeNull()
    await context.close()
    await onAir.stop()
  })

  test('the page that was open before the broadcast follows it, its end and the next one', async () => {
    const streamer = await makeStreamer(story.installation.url, story.installation.admin)
    const { streamKey } = await issueKey(streamer, streamer.slug)
    const { page, context } = await openWatchPage(streamer.slug)
    await page.getByText('Belum ada siaran').waitFor()
    const first = await goOnAir(story.installation, { fixture: 'obs-30', streamer, streamKey })
    await plays(page)
    await first.stop()
    await page.getByText('Siaran sudah selesai').waitFor()
    const second = await goOnAir(story.installation, { fixture: 'obs-30', streamer, streamKey })
    expect(second.broadcastId).not.toBe(first.broadcastId)
    await plays(page)
    await context.close()
    await second.stop()
  })

  test('a live encoder is watched too', async () => {
    const streamer = await makeStreamer(story.installation.url, story.installation.admin)
    const { streamKey } = await issueKey(streamer, streamer.slug)
    const input = 'testsrc2=size=640x360:rate=30'
    const args =
      `-hide_banner -loglevel error -re -f lavfi -i ${input} -re -f lavfi -i sine=frequency=440 ` +
      `-c:v libx264 -preset ultrafast -tune zerolatency -g 60 -pix_fmt yuv420p -b:v 800k -c:a aac -f flv`
    const ffmpeg = spawn(
      findExecutable('ffmpeg') ?? 'ffmpeg',
      [...args.split(' '), `${story.installation.rtmpUrl}/${streamKey}`],
      { stdio: 'ignore' },
    )
    const ended = once(ffmpeg, 'exit')
    try {
      const { page, context } = await openWatchPage(streamer.slug)
      await plays(page)
      expect((await playback(page))?.error).toBeNull()
      await context.close()
    } finally {
      ffmpeg.kill('SIGINT')
      await ended
    }
  })
})

describe('who may not go on air', () => {
  let onAir: OnAir
  let watched: WatchedPage
  beforeAll(async () => {
    onAir = await goOnAir(story.installation, { fixture: 'obs-30', latencyMode: 'low' })
    watched = await openWatchPage(onAir.streamer.slug)
    await plays(watched.page)
  })
  afterAll(async () => {
    await watched.context.close()
    await onAir.stop()
  })

  const slug = () => onAir.streamer.slug
  const UNAUTHORIZED = 'NetStream.Publish.Unauthorized'
  const refused = (streamName: string) => refusalOf(story.installation.rtmpUrl, streamName)

  test('no key, a wrong one and a forged one are refused while somebody is live', async () => {
    const jwt = onAir.streamKey.split('?key=')[1] ?? ''
    const [header = '', claims = '', signature = ''] = jwt.split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const names = [
      slug(),
      `${slug()}?key=`,
      `${slug()}?key=salah`,
      `${slug()}?key=${'a'.repeat(32)}`,
      `${slug()}?key=${header}.${claims}.${'A'.repeat(signature.length)}`,
      `${slug()}?key=${none}.${claims}.AA`,
    ]
    for (const name of names) expect(await refused(name)).toBe(UNAUTHORIZED)
    await plays(watched.page)
  })

  test('a key of another channel is refused', async () => {
    const other = await makeStreamer(story.installation.url, story.installation.admin)
    const { streamKey } = await issueKey(other, other.slug)
    expect(await refused(`${slug()}?key=${streamKey.split('?key=')[1]}`)).toBe(UNAUTHORIZED)
    await plays(watched.page)
  })

  test('a revoked key and one whose person lost the right are refused', async () => {
    const revoked = await makeStreamer(story.installation.url, story.installation.admin)
    const lost = await issueKey(revoked, revoked.slug)
    await revoked.client.command('DELETE', `/api/studio/${revoked.slug}/keys/${lost.jti}`)
    expect(await refused(lost.streamKey)).toBe(UNAUTHORIZED)
    const withdrawn = await makeStreamer(story.installation.url, story.installation.admin)
    const { streamKey } = await issueKey(withdrawn, withdrawn.slug)
    await withdraw(story.installation.admin, withdrawn.id, 'on_air')
    expect(await refused(streamKey)).toBe(UNAUTHORIZED)
    await plays(watched.page)
  })

  test('another key of the same channel finds it taken', async () => {
    const second = await issueKey(onAir.streamer, slug(), { name: 'kedua' })
    expect(await refused(second.streamKey)).toBe('NetStream.Publish.BadName')
    await plays(watched.page)
  })

  test('a malformed connect ends that connection and nothing else', async () => {
    const { port } = new URL(story.installation.rtmpUrl.replace('rtmp:', 'http:'))
    await Promise.all(MALFORMED.map((bytes) => sendRaw(Number(port), bytes)))
    await plays(watched.page)
    expect(
      await new ApiClient(story.installation.url).get(`/api/channels/${slug()}/live`, LiveState),
    ).toMatchObject({
      broadcast: { id: onAir.broadcastId, state: 'live' },
    })
    expect(story.installation.server.hasEnded).toBe(false)
  })

  test('no key is ever in the log', () => {
    expect(story.installation.server.output).not.toContain(onAir.streamKey.split('?key=')[1])
    expect(story.installation.server.output).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\./)
  })
})

describe('a running broadcast', () => {
  test('the studio shows who is on air with which key, and a revoked key ends it', async () => {
    const onAir = await goOnAir(story.installation, { fixture: 'obs-30' })
    const { streamer, publisher } = onAir
    const studio = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
    expect(studio.live).toMatchObject({ startedBy: streamer.username, keyName: 'OBS di laptop' })
    const { keys } = JSON.parse(
      (await streamer.client.send('GET', `/api/studio/${streamer.slug}/keys`)).text,
    ) as { keys: { jti: string }[] }
    await streamer.client.command('DELETE', `/api/studio/${streamer.slug}/keys/${keys[0]?.jti}`)
    await publisher.closed
    await eventually('the channel is offline', async () => {
      const live = await new ApiClient(story.installation.url).get(
        `/api/channels/${streamer.slug}/live`,
        LiveState,
      )
      return live.broadcast === null
    })
    expect(await refusalOf(story.installation.rtmpUrl, onAir.streamKey)).toBe(
      'NetStream.Publish.Unauthorized',
    )
  })

  test('a lost connection may come back within the grace time as the same broadcast', async () => {
    const first = await goOnAir(story.installation, { fixture: 'obs-30' })
    first.publisher.abort()
    const again = await goOnAir(story.installation, {
      fixture: 'obs-30',
      streamer: first.streamer,
      streamKey: first.streamKey,
    })
    expect(again.broadcastId).toBe(first.broadcastId)
    await again.stop()
  })
})

/** A handshake, then commands that ended the process of the library underneath. */
const HANDSHAKE = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536), Buffer.alloc(1536)])
const MALFORMED = [
  command(amfString('connect'), amfNumber(1), amfObject({ app: 'live', tcUrl: 'bukan alamat' })),
  command(amfString('connect'), amfNumber(1), amfObject({ app: 'live', tcUrl: 'rtmp://' })),
  command(amfString('connect'), amfNumber(1)),
  command(amfString('connect')),
  command(Buffer.from([0x03, 0xff, 0xff])),
  command(Buffer.alloc(0)),
  command(amfString('publish'), amfNumber(5), Buffer.from([5])),
  Buffer.alloc(4096, 0xff),
]

function command(...values: Buffer[]): Buffer {
  const body = Buffer.concat(values)
  const header = Buffer.alloc(12)
  header.writeUInt8(3, 0)
  header.writeUIntBE(body.length, 4, 3)
  header.writeUInt8(20, 7)
  return Buffer.concat([header, body])
}

function amfString(text: string): Buffer {
  const body = Buffer.from(text)
  return Buffer.concat([Buffer.from([2, body.length >> 8, body.length & 0xff]), body])
}

function amfNumber(value: number): Buffer {
  const body = Buffer.alloc(9)
  body.writeDoubleBE(value, 1)
  return body
}

function amfObject(entries: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(entries).map(([name, text]) =>
    Buffer.concat([amfString(name).subarray(1), amfString(text)]),
  )
  return Buffer.concat([Buffer.from([3]), ...pairs, Buffer.from([0, 0, 9])])
}

/** Resolves when the server has closed the connection. */
async function sendRaw(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  // A reset is as good as an end here.
  socket.on('error', () => undefined)
  socket.resume()
  const closed = once(socket, 'close')
  socket.end(Buffer.concat([HANDSHAKE, bytes]))
  await closed
}
