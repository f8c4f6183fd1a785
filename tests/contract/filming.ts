/** Videos of the contract suite, which speaks for the origin. */
import { expect } from 'vitest'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { ulid } from '../../shared/ids.ts'
import { ApiClient, type Answer } from '../support/api-client.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import type { Ready } from './target.ts'

export interface Filmed {
  readonly id: string
  readonly streamer: Streamer
  /** Of its studio. */
  readonly path: string
  /** The report of its end. */
  readonly ready: Record<string, unknown>
}

export function newVideoId(): string {
  return ulid(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
}

export function filming(ready: Ready) {
  const visitor = () => new ApiClient(ready().url)

  const asOrigin = (method: string, path: string, json?: unknown): Promise<Answer> =>
    visitor().send(method, path, {
      ...(json !== undefined && { json }),
      headers: { authorization: `Bearer ${ready().internalSecret}` },
    })

  const report = (id: string, json: Record<string, unknown>): Promise<Answer> =>
    asOrigin('PUT', `/internal/videos/${id}`, { originId: ready().originId, ...json })

  /** Still being recorded. */
  async function filmed(): Promise<Filmed> {
    const streamer = await makeStreamer(ready().url, ready().admin)
    const { id: channelId } = await streamer.client.get(`/api/studio/${streamer.slug}`, StudioChannel)
    const id = newVideoId()
    const about = { channelId, startedAt: 1_700_000_000_000 }
    const finished = { state: 'ready', ...about, durationMs: 61_000, sizeBytes: 1000, hasStill: true }
    expect((await report(id, { state: 'recording', ...about })).status).toBe(204)
    return { id, streamer, path: `/api/studio/${streamer.slug}/videos/${id}`, ready: finished }
  }

  return { visitor, asOrigin, report, filmed }
}
