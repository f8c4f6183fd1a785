import { describe, expect, test } from 'vitest'
import { Broadcast, LiveState } from '../../shared/contracts/channels.ts'
import { AdminLimits } from '../../shared/contracts/limits.ts'
import {
  BroadcastOpened,
  BroadcastSettings,
  OriginStatus,
  ResolvedKey,
} from '../../shared/contracts/internal.ts'
import { RestreamInfo, RevealedKey, StudioChannel } from '../../shared/contracts/studio.ts'
import { ulid } from '../../shared/ids.ts'
import { ApiClient, codeOf, parseAnswer, type Answer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { issueKey, makeStreamer, withdraw, type Streamer } from '../support/people.ts'
import type { Ready } from './target.ts'

/** The suite speaks for the origin here. */
export function addBroadcastTests(ready: Ready): void {
  function report(
    id: string,
    json: Record<string, unknown>,
    secret = ready().internalSecret,
  ): Promise<Answer> {
    return new ApiClient(ready().url).send('PUT', `/internal/broadcasts/${id}`, {
      json: { originId: ready().originId, ...json },
      headers: { authorization: `Bearer ${secret}` },
    })
  }

  const newId = () => ulid(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))

  async function onStage(): Promise<{ streamer: Streamer; jti: string; channelId: string }> {
    const streamer = await makeStreamer(ready().url, ready().admin)
    const { jti } = await issueKey(streamer, streamer.slug)
    const { id } = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
    return { streamer, jti, channelId: id }
  }

  const open = (id: string, jti: string, channelId: string) =>
    report(id, { event: 'open', jti, channelId, startedAt: Date.now() })

  async function liveId(slug: string): Promise<string | undefined> {
    const live = await new ApiClient(ready().url).get(`/api/channels/${slug}/live`, LiveState)
    return live.broadcast?.id
  }

  const asOrigin = (method: string, path: string, json?: unknown): Promise<Answer> =>
    new ApiClient(ready().url).send(method, path, {
      ...(json !== undefined && { json }),
      headers: { authorization: `Bearer ${ready().internalSecret}` },
    })

  async function requestedEnds(): Promise<OriginStatus> {
    return parseAnswer(await asOrigin('GET', `/internal/status?origin=${ready().originId}`), OriginStatus)
  }

  describe('reports of the origin', () => {
    test.each(['', 'salah', 'x'.repeat(32)])('the secret %j is not enough', async (secret) => {
      const { jti, channelId } = await onStage()
      const answer = await report(newId(), { event: 'open', jti, channelId, startedAt: Date.now() }, secret)
      expect([401, 403]).toContain(answer.status)
    })

    test('a broadcast opens, shows, ends, and keeps its address for ever', async () => {
      const { streamer, jti, channelId } = await onStage()
      const id = newId()
      const opened = parseAnswer(await open(id, jti, channelId), BroadcastOpened)
      expect(opened).toMatchObject({ slug: streamer.slug, latencyMode: 'low' })
      await eventually('the channel is live', async () => (await liveId(streamer.slug)) === id)
      const studio = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
      expect(studio.live).toMatchObject({ id, startedBy: streamer.username, keyName: 'OBS di laptop' })
      const end = await report(id, { event: 'end', reason: 'stopped', endedAt: Date.now() })
      expect(end.status).toBeLessThan(300)
      await eventually('the channel is offline', async () => (await liveId(streamer.slug)) === undefined)
      const broadcast = await new ApiClient(ready().url).get(`/api/broadcasts/${id}`, Broadcast)
      expect(broadcast).toMatchObject({ channel: { slug: streamer.slug }, endReason: 'stopped' })
    })

    test('the same report twice is one broadcast', async () => {
      const { jti, channelId } = await onStage()
      const id = newId()
      const [first, second] = [await open(id, jti, channelId), await open(id, jti, channelId)]
      expect([first.status, second.status]).toEqual([200, 200])
      expect(second.text).toBe(first.text)
    })

    test('a second key cannot take a channel that is live', async () => {
      const { streamer, jti, channelId } = await onStage()
      const other = await issueKey(streamer, streamer.slug, { name: 'kedua' })
      await open(newId(), jti, channelId)
      expect(codeOf(await open(newId(), other.jti, channelId))).toBe('already_live')
    })

    test('two keys at once put one broadcast on air', async () => {
      const { streamer, jti, channelId } = await onStage()
      const other = await issueKey(streamer, streamer.slug, { name: 'kedua' })
      const answers = await Promise.all([open(newId(), jti, channelId), open(newId(), other.jti, channelId)])
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    })

    test('a revoked key, a withdrawn right and a key of another channel are refused', async () => {
      const revoked = await onStage()
      await revoked.streamer.client.command(
        'DELETE',
        `/api/studio/${revoked.streamer.slug}/keys/${revoked.jti}`,
      )
      const withdrawn = await onStage()
      await withdraw(ready().admin, withdrawn.streamer.id, 'on_air')
      const foreign = await onStage()
      const answers = [
        await open(newId(), revoked.jti, revoked.channelId),
        await open(newId(), withdrawn.jti, withdrawn.channelId),
        await open(newId(), foreign.jti, revoked.channelId),
        await open(newId(), newId(), foreign.channelId),
      ]
      for (const answer of answers) {
        expect([401, 403, 409]).toContain(answer.status)
        codeOf(answer)
      }
    })

    test('revoking, withdrawing and kicking reach the origin of a running broadcast', async () => {
      const [revoked, withdrawn, kicked] = [await onStage(), await onStage(), await onStage()]
      const ids = [newId(), newId(), newId()] as const
      await open(ids[0], revoked.jti, revoked.channelId)
      await open(ids[1], withdrawn.jti, withdrawn.channelId)
      await open(ids[2], kicked.jti, kicked.channelId)
      await revoked.streamer.client.command(
        'DELETE',
        `/api/studio/${revoked.streamer.slug}/keys/${revoked.jti}`,
      )
      await withdraw(ready().admin, withdrawn.streamer.id, 'on_air')
      await ready().admin.command('POST', `/api/admin/broadcasts/${ids[2]}/end`, { reason: 'uji coba' })
      const status = await requestedEnds()
      const reasons = Object.fromEntries(status.end.map((each) => [each.broadcastId, each.reason]))
      expect(reasons).toMatchObject({
        [ids[0]]: 'key_revoked',
        [ids[1]]: 'right_withdrawn',
        [ids[2]]: 'kicked',
      })
      expect(status.revokedJtis).toContain(revoked.jti)
    })

    test('a short key stands for the claims of a long one until it is revoked', async () => {
      const { streamer, channelId } = await onStage()
      const path = `/api/studio/${streamer.slug}/keys`
      const key = await streamer.client.post(path, { name: 'Larix', kind: 'short' }, RevealedKey)
      const resolve = () => asOrigin('POST', '/internal/keys/resolve', { key: key.streamKey })
      const resolved = parseAnswer(await resolve(), ResolvedKey)
      expect(resolved).toEqual({ channelId, jti: key.jti, expiresAt: key.expiresAt })
      expect((await open(newId(), resolved.jti, resolved.channelId)).status).toBe(200)
      await streamer.client.command('DELETE', `${path}/${key.jti}`)
      expect(codeOf(await resolve())).toBe('not_found')
    })

    test('limits and restreams reach the origin with a version that the poll repeats', async () => {
      const { streamer, jti, channelId } = await onStage()
      const id = newId()
      await open(id, jti, channelId)
      const settings = async () =>
        parseAnswer(await asOrigin('GET', `/internal/broadcasts/${id}/settings`), BroadcastSettings)
      const polled = async () =>
        (await requestedEnds()).settings.find(({ broadcastId }) => broadcastId === id)?.version
      const before = await settings()
      expect(before).toMatchObject({ restreams: [], limits: { maxResolution: null } })
      expect(await polled()).toBe(before.version)
      const streamKey = 'kunci-rahasia-youtube'
      const target = await streamer.client.post(
        `/api/studio/${streamer.slug}/restreams`,
        { name: 'YouTube', url: 'rtmp://a.rtmp.youtube.com/live2', streamKey },
        RestreamInfo,
      )
      const limits = { maxBitrateBps: 6_000_000, maxResolution: 720, maxDurationSeconds: 3600 }
      const json = limits
      const set = await ready().admin.send('PUT', `/api/admin/channels/${streamer.slug}/limits`, { json })
      expect(parseAnswer(set, AdminLimits).channels).toContainEqual(
        expect.objectContaining({ slug: streamer.slug, limits: { ...limits, maxViewers: null } }),
      )
      const after = await settings()
      expect(after.version).not.toBe(before.version)
      expect(await polled()).toBe(after.version)
      expect(after).toMatchObject({ limits, restreams: [{ id: target.id, url: target.url, streamKey }] })
    })

    test('with no room left another broadcast is refused, until there is some', async () => {
      const [first, second] = [await onStage(), await onStage()]
      const { admin } = ready()
      const none = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
      const set = (maxBroadcasts: number | null) =>
        admin.send('PUT', '/api/admin/limits', { json: { ...none, maxBroadcasts } })
      await open(newId(), first.jti, first.channelId)
      await set(1)
      const refused = await open(newId(), second.jti, second.channelId)
      await set(null)
      expect(codeOf(refused)).toBe('too_many_broadcasts')
      expect((await open(newId(), second.jti, second.channelId)).status).toBe(200)
    })

    test('a broadcast whose origin is silent is interrupted, then over', async () => {
      const { streamer, jti, channelId } = await onStage()
      const id = newId()
      await open(id, jti, channelId)
      await eventually('the lease runs out', async () => {
        const live = await new ApiClient(ready().url).get(`/api/channels/${streamer.slug}/live`, LiveState)
        return live.broadcast?.state === 'interrupted'
      })
      await eventually('the grace time runs out', async () => (await liveId(streamer.slug)) === undefined)
      const broadcast = await new ApiClient(ready().url).get(`/api/broadcasts/${id}`, Broadcast)
      expect(broadcast.endReason).toBe('lost')
    })
  })
}
