/** `deno task edge`: the edge in one Deno process, beside a libSQL server and origins that run elsewhere. */
import { createEdge } from '../../app.ts'
import { watchMail } from '../../mail/rules.ts'
import { watchWebhooks } from '../../webhooks/deliver.ts'
import { SettingsError } from '../environment.ts'
import { watchMoney } from '../money-watch.ts'
import { readSettings, SETTING_NAMES, type DenoSettings } from './config.ts'
import { createDenoPlatform, type DenoBindings } from './platform.ts'

/** Connections that are still busy after this long are cut. */
const CLOSE_WITHIN_MS = 2_000

const settings = orExit(() =>
  readSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)]))),
)
const stop = new AbortController()
const platform = await createDenoPlatform(settings, stop.signal)
const app = createEdge(platform)
platform.waitUntil(watchWebhooks(platform, { signal: stop.signal }))
if (platform.mail) platform.waitUntil(watchMail(platform, { signal: stop.signal }))
const server = orExit(() => serve(settings))
platform.waitUntil(watchMoney(platform, stop.signal))
console.log(`Panggung edge on port ${server.addr.port}`)
await stopSignal()
stop.abort()
// Says goodbye on every event stream, so that their pages come back to another edge at once.
platform.hub.close()
const cut = setTimeout(() => {
  platform.log.warn({}, 'connections were cut')
  Deno.exit(0)
}, CLOSE_WITHIN_MS)
await server.shutdown()
clearTimeout(cut)
await platform.database.close()
Deno.exit(0)

function serve({ host, port }: DenoSettings): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: host, port, onListen: () => undefined }, (request, { remoteAddr }) => {
    const bindings: DenoBindings = { remoteAddress: remoteAddr.hostname }
    return app.fetch(request, bindings)
  })
}

/** What a person can put right is said in one line each; anything else is a defect and shows its stack. */
function orExit<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const lines = linesFor(error)
    if (!lines) throw error
    for (const line of lines) console.error(`panggung: ${line}`)
    Deno.exit(1)
  }
}

function linesFor(error: unknown): readonly string[] | undefined {
  if (error instanceof SettingsError) return error.lines
  if (error instanceof Deno.errors.AddrInUse)
    return [`the port is taken by another program: stop it or choose another one with PORT`]
  if (error instanceof Deno.errors.AddrNotAvailable)
    return [`this machine does not have the address to listen on: choose another one with HOST`]
  if (error instanceof Deno.errors.PermissionDenied)
    return [`the port may not be used by this user: choose another one with PORT`]
  return undefined
}

/** Windows knows Ctrl-C only. */
function stopSignal(): Promise<void> {
  const signals = Deno.build.os === 'windows' ? (['SIGINT'] as const) : (['SIGINT', 'SIGTERM'] as const)
  return new Promise((resolve) => {
    for (const signal of signals) Deno.addSignalListener(signal, () => resolve())
  })
}
