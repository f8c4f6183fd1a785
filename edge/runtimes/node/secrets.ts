/** Secrets of this installation, made at the first start and kept in the data folder for the owner alone. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { base32 } from '../../../shared/ids.ts'
import { newToken } from '../../../shared/tokens.ts'
import { StartError } from './start-error.ts'

const Secret = v.pipe(v.string(), v.minLength(12), v.maxLength(200))

const SigningKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.string(),
  d: v.string(),
  kid: v.string(),
  alg: v.literal('EdDSA'),
  use: v.literal('sig'),
})

const Secrets = v.object({
  installationId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** Unlocks the first visit. */
  setupCode: Secret,
  /** Newest first; older ones stay to verify keys that were issued with them. */
  signingKeys: v.pipe(v.array(SigningKey), v.minLength(1)),
  /** The edge shows it to origins. */
  originSecret: Secret,
  /** Origins show it to the edge. */
  internalSecret: Secret,
})
export type Secrets = v.InferOutput<typeof Secrets>

const FILE = 'secrets.json'

/** @throws StartError when the folder cannot be written or the file is not ours */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, FILE)
  try {
    await makeFolder(dataDir)
    return parse(path, (await readIfThere(path)) ?? (await create(path)))
  } catch (cause) {
    if (cause instanceof StartError) throw cause
    throw new StartError(`cannot write to the data folder ${dataDir} (${codeOf(cause)})`, { cause })
  }
}

/** Not `recursive: true`, which never comes back from a place like /proc where a parent exists and a child cannot. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path, { mode: 0o700 })
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Written whole under another name and linked: a crash or a second start never leaves half a file. */
async function create(path: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(generate(), undefined, 2)}\n`)
    await file.sync()
    await link(draft, path)
  } catch (error) {
    // Another process was faster: its secrets are the installation's.
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
  return readFile(path, 'utf8')
}

function generate(): Secrets {
  const bytes = (length: number) => new Uint8Array(randomBytes(length))
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new TypeError('An Ed25519 key has x and d')
  return {
    // These two are in every stream key, which has little room (STREAM_KEY_MAX_CHARS).
    installationId: base32(bytes(3)).slice(0, 4),
    setupCode: [3, 3, 3].map((length) => base32(bytes(length)).slice(0, 4)).join('-'),
    signingKeys: [
      { kty: 'OKP', crv: 'Ed25519', x, d, kid: base32(bytes(2)).slice(0, 3), alg: 'EdDSA', use: 'sig' },
    ],
    originSecret: newToken(bytes),
    internalSecret: newToken(bytes),
  }
}

function parse(path: string, text: string): Secrets {
  try {
    return v.parse(Secrets, JSON.parse(text))
  } catch {
    // The cause would quote the file's content.
    throw new StartError(`${path} is damaged: restore it from a backup`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
