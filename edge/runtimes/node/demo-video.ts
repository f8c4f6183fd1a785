/** The first start of the demo sends a short broadcast at one go: from then on its channel has a video. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangeVideo, PutChapters, StudioVideo } from '../../../shared/contracts/videos.ts'
import { VideoLibrary } from '../../../shared/contracts/video-library.ts'
import type { DemoClient } from './demo-client.ts'

export interface DemoVideo {
  /** Of the channel's owner. */
  readonly client: DemoClient
  readonly slug: string
  readonly publishScript: string
  /** Of the process that publishes. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const EXIT_WITH_PARENT = join(import.meta.dirname, 'exit-with-parent.ts')
/** The clip is 8 s long. */
const LOOPS = 6
const DEADLINE_MS = 20_000
const POLL_MS = 200

const ABOUT: ChangeVideo = {
  title: 'Siaran perdana',
  description:
    'Rekaman siaran percobaan. Di studio Anda dapat memberi judul, bab, dan teks, atau memotongnya.',
  topic: 'Percobaan',
}
const CHAPTERS: PutChapters = {
  chapters: [
    { startMs: 0, label: 'Pembukaan' },
    { startMs: 16_000, label: 'Isi' },
    { startMs: 40_000, label: 'Penutup' },
  ],
}

/** @returns its path on the site; `undefined` when there are videos already, or none came in time  @throws ApiRefusal */
export async function makeDemoVideo(demo: DemoVideo): Promise<string | undefined> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  if ((await newest(demo)) || !(await published(demo, signal))) return undefined
  while (!signal.aborted) {
    const video = await newest(demo)
    if (video?.state === 'ready') {
      const path = `/api/studio/${demo.slug}/videos/${video.id}`
      await demo.client.send('PATCH', path, ABOUT)
      await demo.client.send('PUT', `${path}/chapters`, CHAPTERS)
      return `/v/${video.id}`
    }
    await sleep(POLL_MS)
  }
  return undefined
}

async function newest({ client, slug }: DemoVideo): Promise<StudioVideo | undefined> {
  const { videos } = await client.get(`/api/studio/${slug}/videos`, VideoLibrary)
  return videos[0]
}

/** Never rejects. */
function published({ publishScript, env }: DemoVideo, signal: AbortSignal): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, publishScript], {
    env: { ...env, DEMO_LOOPS: String(LOOPS) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    signal,
  })
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
