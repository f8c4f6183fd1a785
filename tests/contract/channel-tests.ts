import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Channel, ChannelCard, LiveState } from '../../shared/contracts/channels.ts'
import { RevealedKey, StreamKey, StudioChannel } from '../../shared/contracts/studio.ts'
import { STREAM_KEY_MAX_CHARS } from '../../shared/claims.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { freshName, issueKey, makeStreamer, registerMember } from '../support/people.ts'
import type { Ready } from './target.ts'

const Keys = v.object({ keys: v.array(StreamKey) })

export function addChannelTests(ready: Ready): void {
  describe('channels', () => {
    test('a channel is public, lists no secrets and is offline until somebody goes on air', async () => {
      const { url, admin } = ready()
      const { slug } = await makeStreamer(url, admin)
      const visitor = new ApiClient(url)
      const channel = await visitor.get(`/api/channels/${slug}`, Channel)
      expect(channel).toMatchObject({ slug, live: null, acceptsDonations: true })
      expect(await visitor.get(`/api/channels/${slug}/live`, LiveState)).toMatchObject({
        broadcast: null,
        playlist: null,
      })
      const { channels } = await visitor.get('/api/channels', v.object({ channels: v.array(ChannelCard) }))
      expect(channels.map((card) => card.slug)).toContain(slug)
    })

    test('the live state may be shared for one second, never longer', async () => {
      const { url, admin } = ready()
      const { slug } = await makeStreamer(url, admin)
      const ask = (headers = {}) => new ApiClient(url).send('GET', `/api/channels/${slug}/live`, { headers })
      const crowd = await Promise.all(Array.from({ length: 20 }, () => ask()))
      expect(new Set(crowd.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect(crowd[0]?.headers.get('cache-control')).toMatch(/public.*(?:max-age|s-maxage)=1\b/)
      const etag = crowd[0]?.headers.get('etag') ?? 'none'
      const same = await ask({ 'if-none-match': etag })
      expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag])
    })

    test('an old slug redirects for good and stays taken', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const slug = freshName('pindah')
      const { client } = streamer
      const moved = await client.send('PATCH', `/api/studio/${streamer.slug}`, { json: { slug } })
      expect(moved.status).toBe(200)
      for (const suffix of ['', '/live']) {
        const answer = await new ApiClient(url).send('GET', `/api/channels/${streamer.slug}${suffix}`)
        expect(answer.status).toBe(308)
        expect(answer.headers.get('location')).toMatch(new RegExp(`/api/channels/${slug}${suffix}$`))
      }
      const other = await makeStreamer(url, admin)
      const taken = await other.client.send('PATCH', `/api/studio/${other.slug}`, {
        json: { slug: streamer.slug },
      })
      expect(codeOf(taken)).toBe('slug_taken')
    })

    test('a channel may take its own old address back', async () => {
      const { url, admin } = ready()
      const { client, slug } = await makeStreamer(url, admin)
      const elsewhere = freshName('sebentar')
      await client.send('PATCH', `/api/studio/${slug}`, { json: { slug: elsewhere } })
      const back = await client.send('PATCH', `/api/studio/${elsewhere}`, { json: { slug } })
      expect(back.status).toBe(200)
      expect((await new ApiClient(url).get(`/api/channels/${slug}`, Channel)).slug).toBe(slug)
    })

    test('the picture for links is that of title and banner, and gone with them', async () => {
      const { url, admin } = ready()
      const { client, slug } = await makeStreamer(url, admin)
      const path = `/api/studio/${slug}`
      const { title } = await client.get(path, StudioChannel)
      const query = new URLSearchParams({ title, bannerUrl: '' })
      // The header of a frame of 1200x630 is all that an edge reads of it.
      const body = new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x02, 0x76, 0x04, 0xb0, 3])
      const headers = { 'content-type': 'image/jpeg' }
      const put = await client.send('PUT', `${path}/link-picture?${query}`, { body, headers })
      expect(put.status).toBe(204)
      const { linkPictureUrl } = await client.get(path, StudioChannel)
      const served = await fetch(url + (linkPictureUrl ?? ''))
      expect(new Uint8Array(await served.arrayBuffer())).toEqual(body)
      await client.send('PATCH', path, { json: { title: 'Judul lain' } })
      expect((await client.get(path, StudioChannel)).linkPictureUrl).toBeNull()
      expect((await fetch(url + (linkPictureUrl ?? ''))).status).toBe(404)
    })

    test('a channel that does not exist is not found', async () => {
      const answer = await new ApiClient(ready().url).send('GET', `/api/channels/${freshName('tiada')}`)
      expect(codeOf(answer)).toBe('not_found')
    })

    test('operators see the studio, strangers do not, and only the owner changes it', async () => {
      const { url, admin } = ready()
      const owner = await makeStreamer(url, admin)
      const operator = await registerMember(url, 'petugas')
      const path = `/api/studio/${owner.slug}`
      expect(codeOf(await operator.client.send('GET', path))).toBe('forbidden')
      expect(codeOf(await new ApiClient(url).send('GET', path))).toBe('sign_in_required')
      await owner.client.send('POST', `${path}/operators`, { json: { username: operator.username } })
      expect((await operator.client.get(path, StudioChannel)).role).toBe('operator')
      const change = await operator.client.send('PATCH', path, { json: { title: 'Diambil alih' } })
      expect(codeOf(change)).toBe('forbidden')
      await owner.client.send('DELETE', `${path}/operators/${operator.username}`)
      expect(codeOf(await operator.client.send('GET', path))).toBe('forbidden')
    })

    test('titles lose what hides or reverses text', async () => {
      const { url, admin } = ready()
      const { client, slug } = await makeStreamer(url, admin)
      await client.send('PATCH', `/api/studio/${slug}`, { json: { title: '  Gizi\u202e   \u0000Anak ' } })
      expect((await client.get(`/api/studio/${slug}`, StudioChannel)).title).toBe('Gizi Anak')
    })
  })

  describe('stream keys', () => {
    test('a key is a short JWT in the form OBS wants, and revealing shows the same one', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const issued = await issueKey(streamer, streamer.slug)
      const [slug, jwt = ''] = issued.streamKey.split('?key=')
      expect(slug).toBe(streamer.slug)
      expect(jwt.length).toBeLessThanOrEqual(STREAM_KEY_MAX_CHARS)
      const [header = '', claims = ''] = jwt
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString())
      expect(JSON.parse(header)).toMatchObject({ alg: 'EdDSA', kid: expect.any(String) })
      expect(JSON.parse(claims)).toMatchObject({ aud: 'ingest', jti: issued.jti })
      const revealed = await streamer.client.post(
        `/api/studio/${streamer.slug}/keys/${issued.jti}/reveal`,
        {},
        RevealedKey,
      )
      expect(revealed.streamKey).toBe(issued.streamKey)
    })

    test('the list names keys and never shows them', async () => {
      const { url, admin } = ready()
      const streamer = await makeStreamer(url, admin)
      const issued = await issueKey(streamer, streamer.slug, { name: 'Ponsel' })
      const answer = await streamer.client.send('GET', `/api/studio/${streamer.slug}/keys`)
      expect(answer.text).toContain('Ponsel')
      expect(answer.text).not.toContain(issued.streamKey.split('?key=')[1])
    })

    test('one key is revoked alone and cannot be revealed again', async () => {
      const { url, admin } = ready()
      const { client, slug, ...person } = await makeStreamer(url, admin)
      const lost = await issueKey({ client, ...person }, slug, { name: 'hilang' })
      const kept = await issueKey({ client, ...person }, slug, { name: 'tetap' })
      await client.command('DELETE', `/api/studio/${slug}/keys/${lost.jti}`)
      const { keys } = await client.get(`/api/studio/${slug}/keys`, Keys)
      const revoked = keys.filter((key) => key.revokedAt !== null).map((key) => key.jti)
      expect(revoked).toEqual([lost.jti])
      expect(keys.map((key) => key.jti)).toContain(kept.jti)
      const reveal = await client.send('POST', `/api/studio/${slug}/keys/${lost.jti}/reveal`, { json: {} })
      expect(codeOf(reveal)).toBe('key_revoked')
    })

    test('an operator has keys of their own, and nobody reveals the key of another', async () => {
      const { url, admin } = ready()
      const owner = await makeStreamer(url, admin)
      const operator = await makeStreamer(url, admin, { stem: 'operator' })
      const path = `/api/studio/${owner.slug}`
      await owner.client.send('POST', `${path}/operators`, { json: { username: operator.username } })
      const own = await issueKey(owner, owner.slug, { name: 'milik pemilik' })
      const theirs = await issueKey(operator, owner.slug, { name: 'milik petugas' })
      const seenByOperator = await operator.client.get(`${path}/keys`, Keys)
      expect(seenByOperator.keys.map((key) => key.jti)).toEqual([theirs.jti])
      const seenByOwner = await owner.client.get(`${path}/keys`, Keys)
      expect(new Set(seenByOwner.keys.map((key) => key.jti))).toEqual(new Set([own.jti, theirs.jti]))
      for (const [person, jti] of [
        [operator, own.jti],
        [owner, theirs.jti],
      ] as const) {
        const answer = await person.client.send('POST', `${path}/keys/${jti}/reveal`, { json: {} })
        expect([403, 404]).toContain(answer.status)
        expect(answer.text).not.toContain('eyJ')
      }
    })

    test('a member without the right to go on air gets no key', async () => {
      const { url, admin } = ready()
      const { client, slug } = await makeStreamer(url, admin, { rights: ['donations'] })
      const answer = await client.send('POST', `/api/studio/${slug}/keys`, { json: { name: 'coba' } })
      expect(codeOf(answer)).toBe('right_missing')
    })

    test('the public keys are published without their private half', async () => {
      const answer = await new ApiClient(ready().url).send('GET', '/.well-known/jwks.json')
      const { keys } = JSON.parse(answer.text) as { keys: Record<string, unknown>[] }
      expect(keys.length).toBeGreaterThan(0)
      for (const key of keys) {
        expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: expect.any(String) })
        expect(key).not.toHaveProperty('d')
      }
    })
  })
}
