/** `npm start`: edge, origin and pages on this machine by one command. */
import { readSettings } from './config.ts'
import { greeting } from './greeting.ts'
import { startInstallation } from './installation.ts'
import { createLog } from './log.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { runCommand } from './start-error.ts'

await runCommand(async () => {
  const settings = readSettings(process.env)
  const installation = await startInstallation(settings, process.env, createLog(settings.logLevel))
  const { edge, localUrl, lanUrl, tlsUrl } = installation
  const lines: (readonly [string, string])[] = [['On this machine', localUrl]]
  if (lanUrl !== undefined) lines.push(['On the network', lanUrl])
  if (tlsUrl !== undefined) lines.push(['By HTTPS', tlsUrl])
  const greetingLines = await greeting(edge.platform, { url: localUrl, lines })
  await runUntilStopped([() => installation.close()], [...greetingLines, 'Ctrl-C stops it.', ''])
})
