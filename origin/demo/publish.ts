/** Puts the demo's clip on air, over RTMP like any encoder: a few times and fast, or until it is told to stop. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFlvTags } from '../rtmp-client/flv-file.ts'
import { paced, publishFlv } from '../rtmp-client/publish-flv.ts'
import { connectPublisher } from '../rtmp-client/publisher.ts'

const { DEMO_RTMP_URL = 'rtmp://127.0.0.1:1935/live', DEMO_STREAM_KEY = '', DEMO_LOOPS } = process.env

/** Not as fast as it goes: what the origin has not read yet would be cut off with the farewell. */
const FAST = 8

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

try {
  await publish()
  if (DEMO_LOOPS !== undefined) process.exit(0)
} catch (error) {
  if (!stop.signal.aborted)
    process.stderr.write(`demo publisher: ${error instanceof Error ? error.message : 'failed'}\n`)
}
// Whoever started this starts it again when it was not told to stop.
process.exit(stop.signal.aborted ? 0 : 1)

async function publish(): Promise<void> {
  const { hostname, port, pathname } = new URL(DEMO_RTMP_URL)
  const tags = readFlvTags(await readFile(join(import.meta.dirname, 'clip.flv')))
  const publisher = await connectPublisher({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 1935),
    app: pathname.slice(1),
    streamName: DEMO_STREAM_KEY,
    signal: stop.signal,
  })
  const [pace, loops] =
    DEMO_LOOPS === undefined ? [paced(), Infinity] : [paced({ speed: FAST }), Number(DEMO_LOOPS)]
  await publishFlv(publisher, { tags, pace, loops, signal: stop.signal })
  await publisher.close()
}
