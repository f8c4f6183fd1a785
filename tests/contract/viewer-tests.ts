import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Channel, ChannelCard, LiveState, type Visibility } from '../../shared/contracts/channels.ts'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { ulid } from '../../shared/ids.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { issueKey, makeStreamer, registerMember, type Streamer } from '../support/people.ts'
import type { Ready } from './target.ts'

const Cards = v.object({ channels: v.array(ChannelCard) })

interface Show {
  readonly streamer: Streamer
  readonly id: string
  /** Path of one segment below `/live/`. */
  readonly segment: string
  /** Keeps it on air: leases are short here. */
  readonly goOn: () => Promise<void>
}

/** The suite speaks for the origin here. */
export function addViewerTests(ready: Ready): void {
  const stranger = () => new ApiClient(ready().url)

  /** A channel that is on air, with one segment. */
  async function onAir(visibility: Visibility): Promise<Show> {
    const { url, admin, origin, originId, internalSecret } = ready()
    const streamer = await makeStreamer(url, admin)
    const { slug, client } = streamer
    await client.send('PATCH', `/api/studio/${slug}`, { json: { visibility } })
    const { jti } = await issueKey(streamer, slug)
    const { id: channelId } = await client.get(`/api/studio/${slug}`, StudioChannel)
    const id = ulid(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
    const report = async (json: Record<string, unknown>) => {
      const authorization = `Bearer ${internalSecret}`
      await stranger().send('PUT', `/internal/broadcasts/${id}`, {
        json: { originId, ...json },
        headers: { authorization },
      })
    }
    await report({ event: 'open', channelId, jti, startedAt: Date.now() })
    const headers = { 'x-target-duration': '4' }
    const body = `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${id}/src/media.m3u8\n`
    origin.on(`/live/${slug}/index.m3u8`, { body, headers })
    origin.on(`/live/${slug}/still.jpg`, { body: 'gambar', headers })
    origin.on(`/live/${slug}/${id}/src/seg.1.m4s`, { body: 'satu', headers })
    const goOn = () => report({ event: 'renew', state: 'live' })
    return { streamer, id, segment: `${slug}/${id}/src/seg.1.m4s`, goOn }
  }

  const passFor = (viewer: ApiClient, slug: string, token?: string) =>
    viewer.post(`/api/channels/${slug}/viewers`, token === undefined ? {} : { token }, ViewerPass)

  describe('viewers', () => {
    test('a broadcast for members is nothing to strangers, not even in a cache', async () => {
      const { streamer, id, segment } = await onAir('members')
      const { slug } = streamer
      // A member has filled the cache before.
      const member = await registerMember(ready().url)
      const filled = await eventually('a member watches', async () => {
        const { token } = await passFor(member.client, slug)
        const answer = await stranger().send('GET', `/live/~${token}/${segment}`)
        return answer.status === 200 ? answer : undefined
      })
      expect(filled.text).toBe('satu')
      expect(filled.headers.get('cache-control')).toMatch(/^private, max-age=\d+/)
      expect(filled.headers.get('access-control-allow-origin')).toBe('*')

      for (const path of [segment, `${slug}/index.m3u8`, `${slug}/still.jpg`]) {
        for (const prefix of ['', '~', '~salah/', `~${'a'.repeat(80)}/`]) {
          const answer = await stranger().send('GET', `/live/${prefix}${path}`)
          expect([401, 404]).toContain(answer.status)
          expect(answer.headers.get('cache-control')).toBe('no-store')
        }
        expect(codeOf(await stranger().send('GET', `/live/${path}`))).toBe('viewer_token_required')
      }
      const live = await stranger().send('GET', `/api/channels/${slug}/live`)
      expect(live.headers.get('cache-control')).toBe('private, no-store')
      expect(live.text).not.toContain(id)
      expect(await stranger().get(`/api/channels/${slug}`, Channel)).toMatchObject({ live: null })
      expect(codeOf(await stranger().send('GET', `/api/broadcasts/${id}`))).toBe('sign_in_required')
      const listed = async (client: ApiClient) =>
        (await client.get('/api/channels', Cards)).channels.some((card) => card.slug === slug)
      expect(await listed(stranger())).toBe(false)
      expect(await listed(member.client)).toBe(true)
    })

    test('a pass ends by itself, and with it every address that was passed on', async () => {
      const { streamer, segment } = await onAir('members')
      const { client } = await registerMember(ready().url)
      const first = await passFor(client, streamer.slug)
      const leaked = `/live/~${first.token}/${segment}`
      await eventually(
        'the address ends',
        async () => (await stranger().send('GET', leaked)).status === 401,
        { deadlineMs: 10 * first.lifetimeMs },
      )
      expect((await passFor(client, streamer.slug, first.token)).token).not.toBe(first.token)
      await client.send('POST', '/api/accounts/sign-out')
      const refused = await client.send('POST', `/api/channels/${streamer.slug}/viewers`, { json: {} })
      expect(codeOf(refused)).toBe('sign_in_required')
    })

    test('a channel that turns private ends for those who watched it as it was', async () => {
      const { streamer, segment } = await onAir('public')
      const { token } = await passFor(stranger(), streamer.slug)
      expect((await stranger().send('GET', `/live/${segment}`)).status).toBe(200)
      expect((await stranger().send('GET', `/live/~${token}/${segment}`)).status).toBe(200)
      const json = { visibility: 'members' }
      await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, { json })
      for (const address of [`/live/${segment}`, `/live/~${token}/${segment}`])
        await eventually(
          'it ends',
          async () => codeOf(await stranger().send('GET', address)) === 'viewer_token_required',
        )
    })

    test('an unlisted channel is found by its link alone', async () => {
      const { streamer, id, segment } = await onAir('unlisted')
      const { slug } = streamer
      expect(await stranger().get(`/api/channels/${slug}/live`, LiveState)).toMatchObject({
        broadcast: { id },
      })
      expect((await stranger().send('GET', `/live/${segment}`)).headers.get('cache-control')).toMatch(
        /^public/,
      )
      const { channels } = await stranger().get('/api/channels', Cards)
      expect(channels.map((card) => card.slug)).not.toContain(slug)
      const page = await stranger().send('GET', `/c/${slug}`)
      expect(page.headers.get('x-robots-tag')).toContain('noindex')
    })

    test('viewers are counted by their passes, once each, and forgotten when they have gone', async () => {
      const { streamer, segment, goOn } = await onAir('public')
      const { slug } = streamer
      const passes = [await passFor(stranger(), slug), await passFor(stranger(), slug)]
      // A renewal is no other viewer.
      passes.push(await passFor(stranger(), slug, passes[0]?.token))
      const viewers = async () => (await stranger().get(`/api/channels/${slug}/live`, LiveState)).viewers
      await eventually(
        'both are counted',
        async () => {
          await goOn()
          await Promise.all(passes.map(({ token }) => stranger().send('GET', `/live/~${token}/${segment}`)))
          return (await viewers()) === 2
        },
        { deadlineMs: 30_000 },
      )
      await goOn()
      const studio = await streamer.client.get(`/api/studio/${slug}`, StudioChannel)
      expect(studio.live?.peakViewers).toBe(2)
      await eventually(
        'nobody is left',
        async () => {
          await goOn()
          return (await viewers()) === 0
        },
        { deadlineMs: 30_000 },
      )
    })

    test('where only so many may watch, one more waits until there is room', async () => {
      const { admin } = ready()
      const { streamer, segment } = await onAir('public')
      const { slug } = streamer
      const none = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
      const json = { ...none, maxViewers: 1 }
      expect((await admin.send('PUT', `/api/admin/channels/${slug}/limits`, { json })).status).toBe(200)
      const ask = () => stranger().send('POST', `/api/channels/${slug}/viewers`, { json: {} })
      const both = await Promise.all([ask(), ask()])
      expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 503])
      const full = both.find(({ status }) => status === 503)
      expect(full && codeOf(full)).toBe('audience_full')
      expect(full?.headers.get('retry-after')).not.toBeNull()
      expect((await stranger().send('GET', `/live/${segment}`)).status).toBe(401)
      await eventually('the place is free again', async () => (await ask()).status === 201, {
        deadlineMs: 30_000,
      })
    })
  })
}
