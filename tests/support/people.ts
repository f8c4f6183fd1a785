/** The cast of a test: an admin, members with money, streamers with channels and keys. */
import * as v from 'valibot'
import { Member } from '../../shared/contracts/accounts.ts'
import { DonationReceipt, type DonationRequest } from '../../shared/contracts/donations.ts'
import type { SetupRequest } from '../../shared/contracts/site.ts'
import { RevealedKey } from '../../shared/contracts/studio.ts'
import type { Right } from '../../shared/contracts/accounts.ts'
import { ApiClient, parseAnswer, type Answer } from './api-client.ts'

export const PASSWORD = 'kata sandi yang panjang'
export const ADMIN = { username: 'pengelola', password: PASSWORD }

export interface Person {
  readonly client: ApiClient
  readonly id: string
  readonly username: string
}

export interface Streamer extends Person {
  readonly slug: string
}

/** Neither words nor numbers, such as "4d" or "88", that moderation could take for an advertisement. */
const MEANINGLESS = 'bcdfghjkmnqvwxyz'

/** Names differ between tests that share one installation. */
export function freshName(stem: string): string {
  const unique = crypto.randomUUID().slice(0, 8)
  return `${stem}-${unique.replaceAll(/./g, (digit) => MEANINGLESS.charAt(Number.parseInt(digit, 16)))}`
}

export function setupRequest(
  code: string,
  url: string,
  site: Partial<SetupRequest['site']> = {},
): SetupRequest {
  return {
    code,
    admin: ADMIN,
    site: {
      name: 'Panggung Uji',
      timeZone: 'Asia/Jakarta',
      registration: 'open',
      preset: 'streamers',
      publicUrl: url,
      rtmpUrl: 'rtmp://127.0.0.1/live',
      ...site,
    },
  }
}

/** @returns the first admin, signed in by the setup itself */
export async function setUpSite(
  code: string,
  url: string,
  site: Partial<SetupRequest['site']> = {},
): Promise<ApiClient> {
  const admin = new ApiClient(url)
  await admin.command('POST', '/api/setup', setupRequest(code, url, site))
  return admin
}

export async function signInAdmin(url: string): Promise<ApiClient> {
  const admin = new ApiClient(url)
  await admin.post('/api/admin/sign-in', { login: ADMIN.username, password: ADMIN.password }, v.unknown())
  return admin
}

export async function registerMember(url: string, stem = 'anggota'): Promise<Person> {
  const client = new ApiClient(url)
  const username = freshName(stem)
  const request = { email: `${username}@contoh.id`, username, password: PASSWORD }
  const { id } = await client.post('/api/accounts/register', request, Member)
  return { client, id, username }
}

export async function signIn(url: string, login: string): Promise<Person> {
  const client = new ApiClient(url)
  const member = await client.post('/api/accounts/sign-in', { login, password: PASSWORD }, Member)
  return { client, id: member.id, username: member.username }
}

export function grant(admin: ApiClient, memberId: string, right: Right): Promise<void> {
  return admin.command('PUT', `/api/admin/members/${memberId}/rights/${right}`, { reason: 'untuk uji coba' })
}

export function withdraw(admin: ApiClient, memberId: string, right: Right): Promise<void> {
  return admin.command('DELETE', `/api/admin/members/${memberId}/rights/${right}`, {
    reason: 'uji coba selesai',
  })
}

export async function makeStreamer(
  url: string,
  admin: ApiClient,
  { stem = 'penyiar', rights = ['on_air', 'donations'] }: { stem?: string; rights?: readonly Right[] } = {},
): Promise<Streamer> {
  const person = await registerMember(url, stem)
  for (const right of rights) await grant(admin, person.id, right)
  const member = await person.client.get('/api/me', Member)
  const slug = member.channels.find((channel) => channel.role === 'owner')?.slug
  if (slug === undefined) throw new Error('Granting a right made no channel')
  return { ...person, slug }
}

export async function credit(admin: ApiClient, memberId: string, amountRupiah: number): Promise<void> {
  await admin.post(
    `/api/admin/members/${memberId}/credits`,
    { amountRupiah, reason: 'saldo awal uji coba' },
    v.unknown(),
    { 'idempotency-key': idempotencyKey() },
  )
}

export async function makeDonor(url: string, admin: ApiClient, balanceRupiah: number): Promise<Person> {
  const donor = await registerMember(url, 'donatur')
  if (balanceRupiah > 0) await credit(admin, donor.id, balanceRupiah)
  return donor
}

export async function balanceOf(person: Person): Promise<number> {
  return (await person.client.get('/api/me', Member)).balanceRupiah
}

export function idempotencyKey(): string {
  return crypto.randomUUID()
}

export function tryDonation(
  donor: Person,
  slug: string,
  request: Partial<DonationRequest> | Record<string, unknown>,
  key: string = idempotencyKey(),
): Promise<Answer> {
  return donor.client.send('POST', `/api/channels/${slug}/donations`, {
    json: request,
    headers: { 'idempotency-key': key },
  })
}

export async function donate(
  donor: Person,
  slug: string,
  request: Partial<DonationRequest>,
  key?: string,
): Promise<DonationReceipt> {
  return parseAnswer(await tryDonation(donor, slug, request, key), DonationReceipt)
}

export function issueKey(
  person: Person,
  slug: string,
  { name = 'OBS di laptop', expiresInDays = 365 } = {},
): Promise<RevealedKey> {
  return person.client.post(`/api/studio/${slug}/keys`, { name, expiresInDays }, RevealedKey)
}

export async function overlayLink(streamer: Streamer): Promise<{ url: string; id: string; key: string }> {
  const { url } = await streamer.client.post(
    `/api/studio/${streamer.slug}/overlay`,
    {},
    v.object({ url: v.string() }),
  )
  const match = /\/overlay\/([0-9a-z]{26})#(.+)$/.exec(url)
  if (!match) throw new Error('The overlay link does not have the form /overlay/ID#KEY')
  return { url, id: match[1] ?? '', key: match[2] ?? '' }
}
