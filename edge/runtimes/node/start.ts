/** `npm start`: edge, origin and pages on this machine by one command. */
import { siteReader } from '../../site/rules.ts'
import { readSettings } from './config.ts'
import { type Installation, startInstallation } from './installation.ts'
import { createLog } from './log.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { runCommand } from './start-error.ts'

await runCommand(async () => {
  const settings = readSettings(process.env)
  const installation = await startInstallation(settings, process.env, createLog(settings.logLevel))
  console.log((await greeting(installation)).join('\n'))
  await runUntilStopped([() => installation.close()])
})

async function greeting({ edge, localUrl, lanUrl }: Installation): Promise<string[]> {
  const { config } = edge.platform
  const { name, isSetUp, rtmpUrl } = await siteReader(edge.platform)()
  const addresses = [
    `  On this machine   ${localUrl}`,
    ...(lanUrl === undefined ? [] : [`  On the network    ${lanUrl}`]),
  ]
  if (isSetUp)
    return [
      '',
      `${name} is running.`,
      ...addresses,
      `  For admins        ${localUrl}/admin`,
      `  For encoders      ${rtmpUrl}`,
      '',
      'Ctrl-C stops it.',
      '',
    ]
  return [
    '',
    'Panggung is running and waits for its first visit.',
    ...addresses,
    `  For encoders      ${config.defaultRtmpUrl}`,
    '',
    `  Open              ${localUrl}/setup`,
    `  with the code     ${config.setupCode}`,
    '',
    'Ctrl-C stops it.',
    '',
  ]
}
