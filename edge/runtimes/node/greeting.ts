/** What a server command prints once it is up: where it is, and what to do next. */
import type { Platform } from '../../ports.ts'
import { siteReader } from '../../site/rules.ts'

export interface Addresses {
  /** Where whoever reads this opens the site. */
  readonly url: string
  /** Label and address, one line each. */
  readonly lines: readonly (readonly [label: string, url: string])[]
}

const LABEL_CHARS = 18

export async function greeting(platform: Platform, { url, lines }: Addresses): Promise<string[]> {
  const { config } = platform
  const { name, isSetUp, publicUrl, rtmpUrl } = await siteReader(platform)()
  return [
    '',
    isSetUp ? `${name} is running.` : 'Panggung is running and waits for its first visit.',
    ...lines.map(line),
    ...(isSetUp ? [line(['For admins', `${url}/admin`])] : []),
    line(['For encoders', isSetUp ? rtmpUrl : config.defaultRtmpUrl]),
    ...(isSetUp ? [] : ['', line(['Open', `${url}/setup`]), line(['with the code', config.setupCode])]),
    ...plainHttpNotice(isSetUp ? publicUrl : config.defaultPublicUrl),
    '',
  ]
}

/** Everything works on a network one trusts; who opens the site to the world should know what is missing. */
function plainHttpNotice(publicUrl: string): string[] {
  if (publicUrl.startsWith('https:')) return []
  return [
    '',
    'Plain HTTP: signing in and watching work. Passwords travel readable, buttons that copy do not work',
    'in browsers, and there is no HTTP/2. Use HTTPS when others than your own network come (see README).',
  ]
}

function line([label, text]: readonly [string, string]): string {
  return `  ${label.padEnd(LABEL_CHARS)}${text}`
}
