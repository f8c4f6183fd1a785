/**
 * What an origin has to do for an audience behind the Workers runtime: viewers follow a real low-latency stream
 * with blocking reloads, and a proxy before the origin counts what is asked.
 */
import { LiveState } from '../../shared/contracts/channels.ts'
import { ApiClient } from '../support/api-client.ts'
import { fetchText, readLive } from '../conformance/live-reader.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually } from '../support/eventually.ts'
import { issueKey, makeStreamer } from '../support/people.ts'
import { startWorkerInstallation } from '../support/worker-installation.ts'
import { percentile, rounded } from './statistics.ts'

const PARTS = 40
const KINDS = ['part', 'segment', 'delta', 'playlist', 'other'] as const
type Kind = (typeof KINDS)[number]

export interface OffloadCase {
  readonly runtime: 'workers'
  readonly edges: 1
  readonly viewers: number
  /** How many a second one object was allowed; `null`: as in production. */
  readonly requests_per_object: number | null
  /** The worst address of each kind, and of all. */
  readonly origin_requests_per_url: number
  readonly by_kind: Record<string, number>
  readonly requests: number
  /** How much later than the first viewer the others got each playlist that names a new part. */
  readonly late_p50_ms: number
  readonly late_p99_ms: number
}

/** @param requestsPerObject small, to have few viewers spread over several objects as many would be */
export async function measureWorkerOffload(
  audiences: readonly number[],
  { requestsPerObject }: { requestsPerObject?: number } = {},
): Promise<OffloadCase[]> {
  const installation = await startWorkerInstallation(
    requestsPerObject === undefined ? {} : { DELIVERY_REQUESTS_PER_OBJECT: String(requestsPerObject) },
  )
  try {
    const { url, rtmpUrl, admin, proxy } = installation
    const streamer = await makeStreamer(url, admin)
    const { streamKey } = await issueKey(streamer, streamer.slug)
    const encoder = startEncoder(`${rtmpUrl}/${streamKey}`)
    try {
      const playlist = await eventually('the broadcast is on air', async () => {
        const live = await new ApiClient(url).get(`/api/channels/${streamer.slug}/live`, LiveState)
        return live.playlist !== null && (await fetch(url + live.playlist)).ok ? live.playlist : undefined
      })
      await fetchText(url + playlist)
      const cases: OffloadCase[] = []
      for (const viewers of audiences) {
        proxy.counts.clear()
        const readings = await Promise.all(
          Array.from({ length: viewers }, () => readLive(url + playlist, PARTS)),
        )
        const answers = readings.flatMap((reading) => reading.answers)
        const lateness = latenessOf(answers.filter(({ target }) => target.includes('_HLS_msn')))
        const perUrl = [...proxy.counts].filter(([target]) => target.startsWith('/live/'))
        cases.push({
          runtime: 'workers',
          edges: 1,
          viewers,
          requests_per_object: requestsPerObject ?? null,
          origin_requests_per_url: rounded(
            // Playlists with a short life are rightly asked for again when it is over.
            mean(perUrl.filter(([target]) => kindOf(target) !== 'other').map(([, count]) => count)),
          ),
          by_kind: Object.fromEntries(
            KINDS.map((kind) => [
              kind,
              Math.max(0, ...perUrl.filter(([target]) => kindOf(target) === kind).map(([, count]) => count)),
            ]),
          ),
          requests: answers.length,
          late_p50_ms: rounded(percentile(lateness, 0.5), 0),
          late_p99_ms: rounded(percentile(lateness, 0.99), 0),
        })
      }
      return cases
    } finally {
      await encoder.stop('SIGINT')
    }
  } finally {
    await installation.stop()
  }
}

function kindOf(target: string): Kind {
  if (target.includes('/part.')) return 'part'
  if (target.includes('/seg.') || target.includes('/init.')) return 'segment'
  if (target.includes('_HLS_skip')) return 'delta'
  return target.includes('_HLS_msn') ? 'playlist' : 'other'
}

function latenessOf(answers: readonly { readonly target: string; readonly arrivedAt: number }[]): number[] {
  const first = new Map<string, number>()
  for (const { target, arrivedAt } of answers)
    first.set(target, Math.min(arrivedAt, first.get(target) ?? Number.POSITIVE_INFINITY))
  return answers.map(({ target, arrivedAt }) => arrivedAt - (first.get(target) ?? arrivedAt))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
