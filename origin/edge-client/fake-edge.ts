/** An edge for tests: signs stream keys, answers the internal routes, and can be told to misbehave. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as v from 'valibot'
import type { PlayTokenClaims, StreamKeyClaims } from '../../shared/claims.ts'
import {
  type BroadcastOpened,
  BroadcastReport,
  type BroadcastSettings,
  NO_LIMITS,
  type OriginStatus,
  ResolveKey,
  type ResolvedKey,
} from '../../shared/contracts/internal.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { ERRORS, problem } from '../../shared/errors.ts'

export const CHANNEL = '01jd3v2k8m0000000000000001'
export const OTHER_CHANNEL = '01jd3v2k8m0000000000000002'
export const KEY = '01jd3v2k8m000000000000000a'
export const OTHER_KEY = '01jd3v2k8m000000000000000b'
export const SLUG = 'budi'
export const INSTALLATION = 'installation-of-the-test'
export const SECRET = 'secret-from-origin-to-edge'

export interface Received {
  readonly broadcastId: string
  readonly report: BroadcastReport
}

export interface FakeEdge {
  readonly url: string
  readonly received: readonly Received[]
  readonly jwksRequests: number
  /** What the status poll answers. */
  status: OriginStatus
  /** Answers every open with this problem. */
  refuseWith: ErrorCode | undefined
  /** Answers an open with more than the slug; `resumes` only until that broadcast was ended. */
  opened: Partial<BroadcastOpened>
  /** What every broadcast's settings are. */
  settings: BroadcastSettings
  /** Broadcasts whose settings were fetched, in order. */
  readonly settingsRequests: readonly string[]
  /** Short keys, and what they stand for. */
  readonly shortKeys: Map<string, ResolvedKey>
  /** `down`: 503; `silent`: never answers. */
  health: 'up' | 'down' | 'silent'
  key(claims?: Partial<StreamKeyClaims>): Promise<string>
  playToken(claims?: Partial<PlayTokenClaims>): Promise<string>
  /** Signs with a new key from now on, and publishes it beside the old one. */
  rotate(): Promise<void>
  reports(event: BroadcastReport['event']): readonly Received[]
  close(): Promise<void>
}

export async function startFakeEdge(): Promise<FakeEdge> {
  const signers: Signer[] = [await newSigner('first')]
  const received: Received[] = []
  const server = createServer((request, response) => {
    void answer(request).then(
      (result) => {
        if (result !== undefined) send(response, result)
        return undefined
      },
      () => response.destroy(),
    )
  })

  async function answer(request: IncomingMessage): Promise<Answer | undefined> {
    if (edge.health === 'silent') return undefined
    if (edge.health === 'down') return { status: 503, body: problem('database_unavailable') }
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (path === '/.well-known/jwks.json') {
      jwksRequests += 1
      return { status: 200, body: { keys: signers.map(({ jwk }) => jwk) } }
    }
    if (request.headers.authorization !== `Bearer ${SECRET}`) return refusal('forbidden')
    if (path === '/internal/status') return { status: 200, body: edge.status }
    const settingsOf = /^\/internal\/broadcasts\/(\w+)\/settings$/.exec(path)?.[1]
    if (settingsOf !== undefined) {
      settingsRequests.push(settingsOf)
      return { status: 200, body: edge.settings }
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const content: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (path === '/internal/keys/resolve') {
      const resolved = edge.shortKeys.get(v.parse(ResolveKey, content).key)
      return resolved ? { status: 200, body: resolved } : refusal('not_found')
    }
    const report = v.parse(BroadcastReport, content)
    received.push({ broadcastId: path.split('/').at(-1) ?? '', report })
    if (report.event !== 'open') return { status: 204 }
    if (edge.refuseWith !== undefined) return refusal(edge.refuseWith)
    const { resumes, ...opened } = edge.opened
    const isOver = received.some((each) => each.broadcastId === resumes && each.report.event === 'end')
    const body = { slug: SLUG, latencyMode: 'low', ...opened, ...(!isOver && resumes && { resumes }) }
    return { status: 200, body }
  }

  function sign(claims: Record<string, unknown>): Promise<string> {
    const signer = signers.at(-1)
    if (signer === undefined) throw new TypeError('No signer')
    const iat = Math.floor(Date.now() / 1000)
    return new SignJWT({ iss: INSTALLATION, sub: CHANNEL, jti: KEY, iat, exp: iat + 3600, ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid })
      .sign(signer.privateKey)
  }

  const settingsRequests: string[] = []
  let jwksRequests = 0
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const edge: FakeEdge = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    get jwksRequests() {
      return jwksRequests
    },
    status: { end: [], revokedJtis: [], settings: [] },
    refuseWith: undefined,
    opened: {},
    settings: { version: '1', limits: NO_LIMITS, restreams: [] },
    settingsRequests,
    shortKeys: new Map(),
    health: 'up',
    key: (claims = {}) => sign({ aud: 'ingest', ...claims }),
    playToken: (claims = {}) => sign({ aud: 'play', ...claims }),
    async rotate() {
      signers.push(await newSigner(`key-${signers.length}`))
    },
    reports: (event) => received.filter(({ report }) => report.event === event),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return edge
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

interface Signer {
  readonly kid: string
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  readonly jwk: JWK
}

function refusal(code: ErrorCode): Answer {
  return { status: ERRORS[code].status, body: problem(code) }
}

async function newSigner(kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } }
}
