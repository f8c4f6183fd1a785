/** The edge alone, beside origins that run elsewhere. `start.ts` brings up both. */
import { readSettings } from './config.ts'
import { startEdge } from './edge-server.ts'
import { greeting } from './greeting.ts'
import { createLog } from './log.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { runCommand } from './start-error.ts'

await runCommand(async () => {
  const settings = readSettings(process.env)
  const edge = await startEdge(settings, createLog(settings.logLevel))
  const { defaultPublicUrl } = edge.platform.config
  const addresses = { url: defaultPublicUrl, lines: [['Address', defaultPublicUrl]] as const }
  const announcement = [`Panggung edge on port ${edge.port}`, ...(await greeting(edge.platform, addresses))]
  await runUntilStopped([() => edge.close()], announcement)
})
