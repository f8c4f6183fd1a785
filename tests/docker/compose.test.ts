/** What docs/deploy-docker.md promises, on a real engine and in the order in which somebody would live through it. */
import { connect, type ClientHttp2Session } from 'node:http2'
import { request } from 'node:http'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { StudioBroadcast, StudioChannel } from '../../shared/contracts/studio.ts'
import { ApiClient } from '../support/api-client.ts'
import { startEncoder } from '../support/encoder.ts'
import { EventStream } from '../support/event-stream.ts'
import { eventually } from '../support/eventually.ts'
import {
  balanceOf,
  donate,
  issueKey,
  makeDonor,
  makeStreamer,
  overlayLink,
  setUpSite,
  signIn,
  signInAdmin,
  type Person,
  type Streamer,
} from '../support/people.ts'
import type { TestProcess } from '../support/process.ts'
import { Stack, SERVICES } from './stack.ts'

const Broadcasts = v.object({ broadcasts: v.array(StudioBroadcast) })
const START_BALANCE = 1_000_000
const AMOUNT = 20_000

if (process.env['PANGGUNG_DOCKER'] === undefined) throw new Error('Start these tests by npm run test:docker')
const isOwnEngine = process.env['PANGGUNG_DOCKER'] === 'own'

let stack: Stack
let streamer: Streamer
let donor: Person
let overlay: { id: string; client: ApiClient }
let streamKey: string
let encoder: TestProcess | undefined
let donations = 0

beforeAll(async () => {
  stack = await Stack.create()
  await stack.compose('build')
  await stack.compose('up', '-d')
  for (const service of SERVICES) await stack.healthy(service)
})

afterAll(async () => {
  encoder?.kill()
  await stack.compose('--profile', 'https', 'down', '-v')
})

/** A donation that was answered counts from that moment on, whatever is killed next. */
async function give(message: string): Promise<void> {
  await donate(donor, streamer.slug, { amountRupiah: AMOUNT, message })
  donations += 1
}

function listen(): Promise<EventStream> {
  const path = `/api/overlay/${overlay.id}/events`
  return EventStream.open(stack.url + path, { cookie: overlay.client.cookieFor(path) })
}

interface HelloQueue {
  readonly queue: readonly { readonly message: string }[]
}

async function queuedMessages(): Promise<string[]> {
  return eventually('the overlay sees its queue', async () => {
    const events = await listen()
    try {
      const hello = await events.next('hello')
      return (JSON.parse(hello.data) as HelloQueue).queue.map(({ message }) => message)
    } finally {
      events.close()
    }
  })
}

async function live(): Promise<v.InferOutput<typeof LiveState>> {
  return new ApiClient(stack.url).get(`/api/channels/${streamer.slug}/live`, LiveState)
}

/** As a player does: the index, the media playlist, then the newest part or segment. */
async function newestMedia(): Promise<{ playlist: string; bytes: number }> {
  const { playlist } = await live()
  if (playlist === null) throw new Error('Nothing is on air')
  const indexUrl = new URL(playlist, stack.url)
  const index = await text(indexUrl)
  const mediaUrl = new URL(
    index.split('\n').findLast((line) => line !== '' && !line.startsWith('#')) ?? '',
    indexUrl,
  )
  const media = await text(mediaUrl)
  const uri = [...media.matchAll(/^#EXT-X-PART:.*?URI="([^"]+)"/gm)].at(-1)?.[1]
  if (uri === undefined) throw new Error('No part yet')
  const part = await fetch(new URL(uri, mediaUrl))
  if (!part.ok) throw new Error(`The part is answered with ${part.status}`)
  return { playlist: media, bytes: (await part.arrayBuffer()).byteLength }
}

async function text(url: URL): Promise<string> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url.pathname} is answered with ${answer.status}`)
  return answer.text()
}

async function mediaMovesOn(): Promise<void> {
  const before = await eventually('media can be fetched', newestMedia, { deadlineMs: 60_000, pollMs: 200 })
  expect(before.bytes).toBeGreaterThan(0)
  await eventually('media moves on', async () => (await newestMedia()).playlist !== before.playlist)
}

async function goOnAir(): Promise<void> {
  encoder?.kill()
  encoder = startEncoder(`${stack.rtmpUrl}/${streamKey}`)
  await eventually('the channel is on air', async () => (await live()).playlist !== null, {
    deadlineMs: 60_000,
  })
}

/** What must never be lost, as the product tells it. */
async function kept(): Promise<{ balanceRupiah: number; alerts: number }> {
  const again = await eventually('the donor signs in', () => signIn(stack.url, donor.username))
  return { balanceRupiah: await balanceOf(again), alerts: (await queuedMessages()).length }
}

function given(): { balanceRupiah: number; alerts: number } {
  return { balanceRupiah: START_BALANCE - donations * AMOUNT, alerts: donations }
}

test('the log has the code of the first visit, and with it the site is set up', async () => {
  const log = await stack.logs('edge')
  expect(log).toContain('Plain HTTP: signing in and watching work.')
  const code = /with the code\s+(\S+)/.exec(log)?.[1] ?? ''
  const admin = await setUpSite(code, stack.url, { publicUrl: stack.url, rtmpUrl: stack.rtmpUrl })
  streamer = await makeStreamer(stack.url, admin)
  donor = await makeDonor(stack.url, admin, START_BALANCE)
  streamKey = (await issueKey(streamer, streamer.slug)).streamKey
  const link = await overlayLink(streamer)
  overlay = { id: link.id, client: new ApiClient(stack.url) }
  await overlay.client.command('POST', `/api/overlay/${link.id}/session`, { key: link.key })
  expect(streamer.client.cookies.every(({ attributes }) => !/secure/i.test(attributes))).toBe(true)
})

test('nothing runs as root, secrets are for their owner alone, and the origin cannot sign keys', async () => {
  for (const service of ['edge', 'origin'] as const)
    expect(await stack.exec(service, 'id', '-u')).toBe('1000\n')
  expect(await stack.exec('database', 'sh', '-c', 'grep ^Uid /proc/1/status')).toMatch(/^Uid:\s+666\b/)
  const modes = await stack.exec(
    'edge',
    'stat',
    '-c',
    '%a %u',
    '/data/secrets.json',
    '/credentials/origin.json',
  )
  expect(modes).toBe('600 1000\n600 1000\n')
  const credentials = await stack.exec('origin', 'cat', '/credentials/origin.json')
  expect(Object.keys(JSON.parse(credentials) as object)).toEqual([
    'installationId',
    'originSecret',
    'edgeSecret',
  ])
  await expect(stack.exec('origin', 'sh', '-c', 'echo x > /credentials/origin.json')).rejects.toThrow(
    /read-only/i,
  )
  expect(await stack.exec('origin', 'ls', '/data')).not.toContain('secrets.json')
})

test('an encoder goes on air, viewers get its media, and a donation is an alert', async () => {
  await goOnAir()
  await mediaMovesOn()
  const events = await listen()
  await events.next('hello')
  await give('lewat docker')
  const isOurs = ({ alert }: { alert?: { message?: string } }) => alert?.message === 'lewat docker'
  expect((await events.next('alert', isOurs)).id).toBeDefined()
  events.close()
})

test.each(SERVICES)('a crash of the %s heals by itself and loses nothing', async (service) => {
  const before = await live()
  await give(`sebelum ${service} mati`)
  await stack.crash(service)
  // An encoder whose line was cut comes back, as OBS does; the broadcast is still the same one.
  if (service === 'origin') await goOnAir()
  await mediaMovesOn()
  expect((await live()).broadcast?.id).toBe(before.broadcast?.id)
  expect(await kept()).toEqual(given())
  await give(`sesudah ${service} hidup`)
})

test('everything dies at once and comes back when the machine does', async ({ skip }) => {
  // Nobody else's containers are killed for a test.
  skip(!isOwnEngine, 'this engine is not ours to kill')
  await give('sebelum listrik padam')
  encoder?.kill()
  await stack.losePower()
  expect(await kept()).toEqual(given())
  await goOnAir()
  await mediaMovesOn()
})

test('stopping the origin ends the broadcast with a word to the edge; all stop in time, with 0', async () => {
  await stack.compose('stop', 'origin')
  expect((await stack.inspect('origin')).State).toMatchObject({ Running: false, ExitCode: 0 })
  const { lastEnding } = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
  expect(lastEnding?.reason).toBe('origin_stopped')
  await stack.compose('stop')
  // 137 would be the engine's patience running out.
  for (const service of SERVICES)
    expect({ service, ...(await stack.inspect(service)).State }).toMatchObject({ service, ExitCode: 0 })
})

test('down and up again: everything is still there', async () => {
  encoder?.kill()
  await stack.compose('down')
  await stack.compose('up', '-d')
  for (const service of SERVICES) await stack.healthy(service)
  expect(await stack.logs('edge')).not.toContain('with the code')
  await signInAdmin(stack.url)
  expect(await kept()).toEqual(given())
  const { broadcasts } = await streamer.client.get(`/api/studio/${streamer.slug}/broadcasts`, Broadcasts)
  expect(broadcasts.length).toBeGreaterThan(0)
  await goOnAir()
  await mediaMovesOn()
})

test('a wrong setting is one line in the log', async () => {
  const run = ['run', '--rm', '--no-deps', '-e', 'TRUSTED_PROXIES=many', 'edge']
  await expect(stack.compose(...run)).rejects.toThrow('the setting TRUSTED_PROXIES must be how many')
})

function openHttp2(ca: string): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const options = { ca, servername: 'panggung.localhost' }
    const session = connect(`https://127.0.0.1:${stack.proxyHttpsPort}`, options, () => resolve(session))
    session.on('error', reject)
  })
}

test('with a domain: HTTPS and HTTP/2 by the proxy, Server-Sent Events without delay, HTTP sent on', async () => {
  await stack.compose('--profile', 'https', 'up', '-d', 'proxy')
  const root = '/data/caddy/pki/authorities/local/root.crt'
  const patience = { deadlineMs: 60_000, pollMs: 200 }
  const ca = await eventually('the proxy has an authority', () => stack.exec('proxy', 'cat', root), patience)
  // The certificate of the name itself comes a moment later.
  const session = await eventually('the proxy speaks TLS', () => openHttp2(ca), patience)
  const authority = `panggung.localhost:${stack.proxyHttpsPort}`
  try {
    const path = `/api/overlay/${overlay.id}/events`
    const cookie = overlay.client.cookieFor(path)
    const stream = session.request({ ':path': path, ':authority': authority, cookie })
    let seen = ''
    stream.setEncoding('utf8').on('data', (part: string) => (seen += part))
    await eventually('hello by HTTP/2', () => seen.includes('event: hello'))
    expect(session.alpnProtocol).toBe('h2')
    await give('lewat https')
    await eventually('the alert by HTTP/2', () => seen.includes('lewat https'))
    stream.close()

    const post = session.request({
      ':method': 'POST',
      ':path': '/api/accounts/sign-in',
      ':authority': authority,
      'content-type': 'application/json',
      origin: `https://${authority}`,
    })
    const answer = new Promise<Record<string, unknown>>((resolve) => post.once('response', resolve))
    post.end(JSON.stringify({ login: donor.username, password: 'kata sandi yang panjang' }))
    const headers = await answer
    expect(headers[':status']).toBe(200)
    expect(String(headers['set-cookie'])).toMatch(/;\s*Secure/i)
  } finally {
    session.destroy()
  }
  const location = await new Promise<string | undefined>((resolve, reject) => {
    const options = { port: stack.proxyHttpPort, host: '127.0.0.1', headers: { host: 'panggung.localhost' } }
    request(options, (response) => {
      response.resume()
      resolve(response.headers.location)
    })
      .on('error', reject)
      .end()
  })
  expect(location).toBe('https://panggung.localhost/')
})
