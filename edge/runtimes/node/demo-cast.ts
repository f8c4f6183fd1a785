/** Who plays in the demo. Every step looks first, so that a second start finds everybody where they were. */
import { Member, type Right } from '../../../shared/contracts/accounts.ts'
import { Site } from '../../../shared/contracts/site.ts'
import { RevealedKey, StreamKey } from '../../../shared/contracts/studio.ts'
import * as v from 'valibot'
import { ApiRefusal, DemoClient } from './demo-client.ts'
import type { DemoState, Person } from './demo-state.ts'

export interface DemoCast {
  readonly streamer: DemoClient
  readonly slug: string
  readonly streamKey: string
  /** Path and key of the overlay's link. */
  readonly overlay: string
}

export interface DemoStage {
  readonly url: string
  readonly rtmpUrl: string
  readonly publicUrl: string
  readonly setupCode: string
  readonly state: DemoState
}

const WALLET_RUPIAH = 500_000
/** The same at every start, so the wallet is filled once. */
const CREDIT_KEY = 'demo-donor-first-credit'
const KEY_NAME = 'Demo'

export async function gatherCast(stage: DemoStage): Promise<DemoCast> {
  const admin = await signInAdmin(stage)
  const streamer = await enter(stage.url, stage.state.streamer)
  const donor = await enter(stage.url, stage.state.donor)
  const isNew = await grant(admin, streamer.member, ['on_air', 'donations'])
  await admin.send(
    'POST',
    `/api/admin/members/${donor.member.id}/credits`,
    { amountRupiah: WALLET_RUPIAH, reason: 'Saldo awal demo' },
    { 'idempotency-key': CREDIT_KEY },
  )
  const slug = await ownSlug(streamer.client)
  if (isNew)
    await streamer.client.send('PATCH', `/api/studio/${slug}`, {
      title: 'Panggung Demo',
      memo: 'Siaran percobaan. Coba kirim donasi dan lihat notifikasinya di overlay!',
    })
  return {
    streamer: streamer.client,
    slug,
    streamKey: await streamKey(streamer.client, slug),
    overlay: await overlayLink(streamer.client, slug, stage),
  }
}

async function signInAdmin({ url, rtmpUrl, publicUrl, setupCode, state }: DemoStage): Promise<DemoClient> {
  const client = new DemoClient(url)
  const { username, password } = state.admin
  if ((await client.get('/api/site', Site)).isSetUp)
    await client.send('POST', '/api/admin/sign-in', { login: username, password })
  else
    await client.send('POST', '/api/setup', {
      code: setupCode,
      admin: { username, password },
      site: {
        name: 'Panggung Demo',
        timeZone: 'Asia/Jakarta',
        registration: 'open',
        preset: 'streamers',
        publicUrl,
        rtmpUrl,
      },
    })
  return client
}

async function enter(
  url: string,
  { username, password }: Person,
): Promise<{ client: DemoClient; member: Member }> {
  const client = new DemoClient(url)
  try {
    return {
      client,
      member: await client.post('/api/accounts/sign-in', { login: username, password }, Member),
    }
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.code === 'credentials_wrong')) throw error
    const request = { email: `${username}@demo.panggung.example`, username, password }
    return { client, member: await client.post('/api/accounts/register', request, Member) }
  }
}

/** @returns whether a right was missing */
async function grant(admin: DemoClient, member: Member, rights: readonly Right[]): Promise<boolean> {
  const missing = rights.filter((right) => !member.rights.includes(right))
  for (const right of missing)
    await admin.send('PUT', `/api/admin/members/${member.id}/rights/${right}`, { reason: 'Penyiar demo' })
  return missing.length > 0
}

async function ownSlug(client: DemoClient): Promise<string> {
  const { channels } = await client.get('/api/me', Member)
  const own = channels.find(({ role }) => role === 'owner')
  if (!own) throw new Error('A member who may go on air has a channel')
  return own.slug
}

async function streamKey(client: DemoClient, slug: string): Promise<string> {
  const base = `/api/studio/${slug}/keys`
  const { keys } = await client.get(base, v.object({ keys: v.array(StreamKey) }))
  const usable = keys.find((key) => key.name === KEY_NAME && key.isMine && key.revokedAt === null)
  const revealed =
    usable && usable.expiresAt > Date.now()
      ? await client.post(`${base}/${usable.jti}/reveal`, {}, RevealedKey)
      : await client.post(base, { name: KEY_NAME }, RevealedKey)
  return revealed.streamKey
}

/** The key is hashed at rest, so the link is kept beside the passwords of the demo. */
async function overlayLink(client: DemoClient, slug: string, { url, state }: DemoStage): Promise<string> {
  const kept = state.overlay
  if (kept !== undefined && (await isCurrent(url, kept))) return kept
  const made = await client.post(`/api/studio/${slug}/overlay`, {}, v.object({ url: v.string() }))
  const { pathname, hash } = new URL(made.url)
  return pathname + hash
}

async function isCurrent(url: string, overlay: string): Promise<boolean> {
  const [path = '', key = ''] = overlay.split('#', 2)
  try {
    await new DemoClient(url).send('POST', `/api${path}/session`, { key })
    return true
  } catch (error) {
    if (error instanceof ApiRefusal) return false
    throw error
  }
}
