/** `npm run demo`: an installation of its own with a streamer on air, a donor with money, and links to all of it. */
import { join } from 'node:path'
import { SupervisedChild } from './child-process.ts'
import { reachable, urlHost } from './addresses.ts'
import { environmentForChild, readSettings } from './config.ts'
import { type DemoCast, gatherCast } from './demo-cast.ts'
import { ApiRefusal } from './demo-client.ts'
import { startDemoGateway } from './demo-gateway.ts'
import { type DemoState, loadDemoState, saveDemoState } from './demo-state.ts'
import { makeDemoVideo } from './demo-video.ts'
import { type Installation, startInstallation } from './installation.ts'
import { createLog } from './log.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { runCommand, StartError } from './start-error.ts'

const PUBLISH = join(import.meta.dirname, '../../../origin/demo/publish.ts')

await runCommand(async () => {
  const own = { ...process.env, DATA_DIR: process.env['DATA_DIR'] || './data/demo' }
  // A gateway that is set is used; otherwise one on this machine, where nobody pays real money.
  const gateway = process.env['GATEWAY'] ? undefined : await startDemoGateway()
  const environment = { ...own, ...gateway?.env }
  const settings = readSettings(environment)
  const log = createLog(settings.logLevel)
  const installation = await startInstallation(settings, environment, log)
  gateway?.use(installation.localUrl)
  try {
    const state = await loadDemoState(settings.dataDir)
    const cast = await gatherCast({
      url: installation.localUrl,
      publicUrl: settings.publicUrl,
      rtmpUrl: settings.rtmpUrl,
      setupCode: installation.edge.platform.config.setupCode,
      state,
    })
    await saveDemoState(settings.dataDir, { ...state, overlay: cast.overlay })
    const { rtmpHost, rtmpPort } = settings.ownOrigin
    const env = {
      ...environmentForChild(environment),
      // Not as an argument: those are shown by `ps`.
      DEMO_RTMP_URL: `rtmp://${urlHost(reachable(rtmpHost))}:${rtmpPort}/live`,
      DEMO_STREAM_KEY: cast.streamKey,
    }
    const video = await makeDemoVideo({ client: cast.streamer, slug: cast.slug, publishScript: PUBLISH, env })
    const publisher = new SupervisedChild({ name: 'demo publisher', script: PUBLISH, env, log })
    publisher.start()
    const links = { ...cast, video, gatewayUrl: gateway?.simulator.url }
    const closings = [
      () => publisher.stop(),
      () => installation.close(),
      () => gateway?.simulator.close() ?? Promise.resolve(),
    ]
    await runUntilStopped(closings, programme(installation, state, links))
  } catch (error) {
    await installation.close()
    throw error instanceof ApiRefusal
      ? new StartError(
          `the demo could not be set up (${error.message}): delete the folder ${settings.dataDir} to begin a new one`,
          { cause: error },
        )
      : error
  }
})

interface Links extends DemoCast {
  readonly video: string | undefined
  readonly gatewayUrl: string | undefined
}

function programme(
  { localUrl, lanUrl }: Installation,
  state: DemoState,
  { slug, overlay, video, gatewayUrl }: Links,
): string[] {
  const { admin, streamer, donor } = state
  return [
    '',
    'The Panggung demo is on air.',
    `  Watch      ${localUrl}/c/${slug}`,
    `  Donate     ${localUrl}/c/${slug}/donate    sign in as ${donor.username}, password ${donor.password}`,
    `  Overlay    ${localUrl}${overlay}`,
    ...(video === undefined ? [] : [`  Video      ${localUrl}${video}`]),
    ...(gatewayUrl === undefined
      ? []
      : [
          `  QRIS       a visitor who is not signed in donates by QRIS; say at ${gatewayUrl} that the code was paid`,
        ]),
    '',
    `  Studio     ${localUrl}/studio/${slug}    sign in as ${streamer.username}, password ${streamer.password}`,
    `  Admin      ${localUrl}/admin    sign in as ${admin.username}, password ${admin.password}`,
    ...(lanUrl === undefined ? [] : [`  A phone on the same network watches at ${lanUrl}/c/${slug}`]),
    '',
    'Ctrl-C stops it; the next start goes on with the same data.',
    '',
  ]
}
