/**
 * Prints all that the edge may ever reach, for `--allow-net` of its task: where it listens, its database, its
 * origins, its object storage, its payment gateway, the API that sends its mail, and for webhooks the public IPv4
 * addresses (Deno has no notation for networks of IPv6). It reads a few settings and has no other permission. When one
 * of them is wrong it allows nothing, and the edge itself says which one.
 */
import * as v from 'valibot'
import { publicV4Networks } from '../../../shared/public-address.ts'
import { EDGE_SETTINGS, GATEWAY_URLS } from '../environment.ts'
import { PROCESS_SETTINGS } from '../process-settings.ts'

const NOTHING = '127.0.0.1:0'
const ANYWHERE = '0.0.0.0/0'

const Settings = v.object({
  HOST: PROCESS_SETTINGS.HOST,
  PORT: PROCESS_SETTINGS.PORT,
  DATABASE_URL: v.string(),
  ORIGINS: v.unwrap(EDGE_SETTINGS.ORIGINS),
  S3_ENDPOINT: EDGE_SETTINGS.S3_ENDPOINT,
  GATEWAY: EDGE_SETTINGS.GATEWAY,
  GATEWAY_URL: EDGE_SETTINGS.GATEWAY_URL,
  MAIL_URL: EDGE_SETTINGS.MAIL_URL,
  WEBHOOK_PRIVATE: EDGE_SETTINGS.WEBHOOK_PRIVATE,
})
const NAMES = Object.keys(Settings.entries)

const given = NAMES.map((name) => [name, Deno.env.get(name)] as const).filter(([, value]) => value !== '')
const read = v.safeParse(Settings, Object.fromEntries(given))
console.log(read.success ? networkOf(read.output).join(',') : NOTHING)

function networkOf(settings: v.InferOutput<typeof Settings>): string[] {
  const {
    HOST,
    PORT,
    DATABASE_URL,
    ORIGINS,
    S3_ENDPOINT = [],
    GATEWAY,
    GATEWAY_URL,
    MAIL_URL = [],
    WEBHOOK_PRIVATE,
  } = settings
  const gateway = GATEWAY === undefined ? [] : [GATEWAY_URL ?? GATEWAY_URLS[GATEWAY]]
  const reached = [DATABASE_URL, ...ORIGINS.map(({ url }) => url), S3_ENDPOINT, gateway, MAIL_URL]
    .flat()
    .flatMap(hostAndPort)
  const webhooks = WEBHOOK_PRIVATE === 'allow' ? [ANYWHERE] : publicV4Networks()
  return [`${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`, ...new Set(reached), ...webhooks]
}

function hostAndPort(address: string): string[] {
  // Only http: and https: have default ports in the URL standard; libsql: is HTTPS unless it says otherwise.
  const url = URL.parse(address.replace(/^libsql:/, 'https:'))
  return url ? [`${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`] : []
}
