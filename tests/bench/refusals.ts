/**
 * What it costs to refuse: a thousand encoders with a key of the right form and a wrong signature, and as many
 * at nginx-rtmp, which asks its own HTTP server (`on_publish`) and is told no.
 */
import { connectPublisher, PublishRefused } from '../../origin/rtmp-client/publisher.ts'
import { startPanggung } from '../support/installation.ts'
import { issueKey, makeStreamer } from '../support/people.ts'
import { cpuSeconds, processesOf } from '../support/process-figures.ts'
import { startNginxRtmp } from './peers/nginx-rtmp.ts'
import { rounded } from './statistics.ts'

const REFUSALS = 1000
const WARM_UP = 300
const AT_ONCE = 20

export async function measureRefusals(): Promise<Record<string, number>> {
  const product = await measureProduct()
  const nginx = await measureNginx()
  console.log(`\nCPU of ${REFUSALS} refusals`)
  console.log(`  Panggung, signature checked     ${(product * 1000).toFixed(0)} ms`)
  console.log(`  nginx-rtmp, on_publish says no  ${(nginx * 1000).toFixed(0)} ms`)
  return {
    cpu_ms_per_1000: rounded(product * 1000, 0),
    nginx_cpu_ms_per_1000: rounded(nginx * 1000, 0),
    ratio_nginx: rounded(product / nginx),
  }
}

async function measureProduct(): Promise<number> {
  const installation = await startPanggung({
    env: { LOG_LEVEL: 'warn', STATUS_POLL_MS: '2000', ENFORCE_MS: '1000', BROADCAST_RENEW_MS: '5000' },
  })
  try {
    const streamer = await makeStreamer(installation.url, installation.admin)
    const { streamKey } = await issueKey(streamer, streamer.slug)
    // Another first character of the signature: everything before it is as it should be.
    const at = streamKey.lastIndexOf('.') + 1
    const wrong = streamKey.slice(0, at) + (streamKey[at] === 'A' ? 'B' : 'A') + streamKey.slice(at + 1)
    const address = new URL(installation.rtmpUrl)
    const { origin } = processesOf(installation)
    return await cpuOf(origin, async () => {
      const error = await attempt({ port: Number(address.port), app: 'live', streamName: wrong })
      if (!(error instanceof PublishRefused)) throw new Error('Was not refused', { cause: error })
    })
  } finally {
    await installation.stop()
  }
}

async function measureNginx(): Promise<number> {
  const nginx = await startNginxRtmp()
  try {
    const { port } = new URL(nginx.rtmpUrl)
    return await cpuOf(nginx.pid, async () => {
      const error = await attempt({ port: Number(port), app: 'denied', streamName: 'somebody?key=wrong' })
      if (error === undefined) throw new Error('Was not refused')
    })
  } finally {
    await nginx.stop()
  }
}

/** @returns why it failed; nginx-rtmp closes without a word */
async function attempt(to: { port: number; app: string; streamName: string }): Promise<unknown> {
  try {
    const publisher = await connectPublisher({ host: '127.0.0.1', ...to })
    publisher.abort()
    return undefined
  } catch (error) {
    return error
  }
}

/** @returns seconds for REFUSALS, after a warm-up */
async function cpuOf(pid: number, refuse: () => Promise<void>): Promise<number> {
  await times(WARM_UP, refuse)
  const before = cpuSeconds(pid)
  await times(REFUSALS, refuse)
  return cpuSeconds(pid) - before
}

async function times(count: number, refuse: () => Promise<void>): Promise<void> {
  let left = count
  const lane = async (): Promise<void> => {
    while (left-- > 0) await refuse()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}
