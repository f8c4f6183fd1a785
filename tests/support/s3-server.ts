/**
 * A strict S3 server for tests: one bucket, path-style addresses. It checks Signature Version 4 by its own
 * arithmetic (AWS, "Authenticating Requests: Using the Authorization Header"), also over the content.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const REGION = 'test-1'
const BUCKET = 'panggung-uji'
const MAX_CLOCK_SKEW_MS = 15 * 60_000
const UNSIGNED = 'UNSIGNED-PAYLOAD'

export interface S3Server {
  /** As an edge or an origin takes them from its environment. */
  readonly env: Readonly<Record<string, string>>
  readonly objects: ReadonlyMap<string, { readonly type: string | undefined; readonly body: Buffer }>
  /** Requests that were refused, by what is wrong with them. */
  readonly refusals: readonly string[]
  /** Answered with 503 from now on, without looking at anything. */
  isDown: boolean
  stop(): Promise<void>
}

export async function startS3Server(): Promise<S3Server> {
  const accessKeyId = 'AKIAUJI'
  const secretAccessKey = 'kenari-rahasia/+hanya-uji'
  const objects = new Map<string, { type: string | undefined; body: Buffer }>()
  const refusals: string[] = []
  const state = { isDown: false }

  function answer(request: IncomingMessage, body: Buffer): { status: number; body?: Buffer; type?: string } {
    if (state.isDown) return { status: 503 }
    const wrong = wrongWith(request, body, { accessKeyId, secretAccessKey })
    if (wrong !== undefined) {
      refusals.push(wrong)
      return { status: 403 }
    }
    const [, bucket, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? []
    const key = decodeURIComponent(rest.join('/'))
    if (bucket !== BUCKET || key === '') return { status: 404 }
    switch (request.method) {
      case 'PUT':
        objects.set(key, { type: request.headers['content-type'], body })
        return { status: 200 }
      case 'DELETE':
        objects.delete(key)
        return { status: 204 }
      case 'GET':
      case 'HEAD': {
        const found = objects.get(key)
        return found
          ? { status: 200, body: found.body, ...(found.type && { type: found.type }) }
          : { status: 404 }
      }
      default:
        return { status: 405 }
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { status, body, type } = answer(request, Buffer.concat(chunks))
      response.writeHead(status, { ...(type !== undefined && { 'content-type': type }) })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    env: {
      S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      S3_BUCKET: BUCKET,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    objects,
    refusals,
    get isDown() {
      return state.isDown
    },
    set isDown(value) {
      state.isDown = value
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @returns `undefined` when the signature is right */
function wrongWith(
  { method = '', url = '', headers }: IncomingMessage,
  body: Buffer,
  key: { accessKeyId: string; secretAccessKey: string },
): string | undefined {
  const [, credential, signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (credential === undefined) return 'no signature'
  const [id, day = '', region, service, terminator] = credential.split('/')
  if (id !== key.accessKeyId) return 'another key'
  if (region !== REGION || service !== 's3' || terminator !== 'aws4_request') return 'another scope'
  const date = headerOf(headers, 'x-amz-date')
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const isNow = Math.abs(at - Date.now()) < MAX_CLOCK_SKEW_MS
  if (!date.startsWith(day) || !isNow) return 'another time'
  const names = signedHeaders.split(';')
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'))
  if (mustBeSigned.some((name) => !names.includes(name))) return 'headers that are not signed'
  const content = headerOf(headers, 'x-amz-content-sha256')
  if (content !== UNSIGNED && content !== sha256(body)) return 'another content'
  if (method === 'PUT' && content === UNSIGNED) return 'a content that is not signed'
  const [path = '', query = ''] = url.split('?')
  const canonical = [
    method,
    path,
    query.split('&').toSorted().join('&'),
    ...names.map((name) => `${name}:${headerOf(headers, name).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders,
    content,
  ].join('\n')
  const scope = [day, region, service, terminator].join('/')
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const signingKey = [day, region, service, terminator].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${key.secretAccessKey}`,
  )
  const isRight = timingSafeEqual(Buffer.from(signature, 'hex'), hmac(signingKey, toSign))
  return isRight ? undefined : 'another signature'
}

function headerOf(headers: IncomingMessage['headers'], name: string): string {
  return String(headers[name] ?? '')
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

function hmac(secret: Buffer | string, content: string): Buffer {
  return createHmac('sha256', secret).update(content).digest()
}
