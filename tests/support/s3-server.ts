/**
 * A strict S3 server for tests: one bucket, path-style addresses, uploads in parts. It checks Signature Version 4 by its own
 * arithmetic (AWS, "Authenticating Requests: Using the Authorization Header"), also over the content.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type S3Answer, S3Objects, type StoredObject } from './s3-objects.ts'

const REGION = 'test-1'
const BUCKET = 'panggung-uji'
const MAX_CLOCK_SKEW_MS = 15 * 60_000
const UNSIGNED = 'UNSIGNED-PAYLOAD'

export interface S3Server {
  /** As an edge or an origin takes them from its environment. */
  readonly env: Readonly<Record<string, string>>
  readonly store: S3Objects
  readonly objects: ReadonlyMap<string, StoredObject>
  /** Requests that were refused, by what is wrong with them. */
  readonly refusals: readonly string[]
  /** Requests that were looked at: method and path with its query. */
  readonly requests: readonly string[]
  /** Answered with 503 from now on, without looking at anything. */
  isDown: boolean
  /** Answers with 503 what it says true to. */
  isBroken: (request: string) => boolean
  /** What it answers instead, without doing anything. */
  answersInstead: (request: string) => S3Answer | undefined
  /** How far its clock is ahead of this machine's. */
  clockAheadMs: number
  /** What it does it does; the answer never comes, or ends in the middle. */
  failsToAnswer: (request: string) => 'never' | 'half' | undefined
  /** Requests that wait for an answer which never comes, at most at one time. */
  readonly mostUnanswered: number
  stop(): Promise<void>
}

export async function startS3Server(): Promise<S3Server> {
  const accessKeyId = 'AKIAUJI'
  const secretAccessKey = 'kenari-rahasia/+hanya-uji'
  const store = new S3Objects()
  const refusals: string[] = []
  const requests: string[] = []
  const unanswered = new Set<ServerResponse>()
  let mostUnanswered = 0
  const state = {
    isDown: false,
    clockAheadMs: 0,
    isBroken: (_request: string): boolean => false,
    answersInstead: (_request: string): S3Answer | undefined => undefined,
    failsToAnswer: answers,
  }

  function answer(request: IncomingMessage, body: Buffer): S3Answer {
    const line = `${request.method} ${request.url}`
    if (state.isDown || state.isBroken(line)) return s3Error(503, 'SlowDown')
    const wrong = wrongWith(request, body, {
      accessKeyId,
      secretAccessKey,
      nowMs: Date.now() + state.clockAheadMs,
    })
    if (wrong !== undefined) {
      refusals.push(wrong)
      return s3Error(403, CODES[wrong] ?? 'AccessDenied')
    }
    const instead = state.answersInstead(line)
    if (instead) return instead
    requests.push(line)
    const url = new URL(request.url ?? '', 'http://s3')
    const [, bucket, ...rest] = url.pathname.split('/')
    const key = decodeURIComponent(rest.join('/'))
    if (bucket !== BUCKET) return s3Error(404, 'NoSuchBucket')
    return key === '' ? ofBucket(request, url.searchParams) : ofObject(request, { key, body, url })
  }

  function ofBucket({ method }: IncomingMessage, query: URLSearchParams): S3Answer {
    const prefix = query.get('prefix') ?? ''
    if (method !== 'GET') return { status: 405 }
    return query.has('uploads') ? store.listUploads(prefix) : store.list(prefix)
  }

  function ofObject(
    { method, headers }: IncomingMessage,
    { key, body, url: { searchParams } }: { key: string; body: Buffer; url: URL },
  ): S3Answer {
    const uploadId = searchParams.get('uploadId')
    const type = headers['content-type']
    switch (method) {
      case 'PUT':
        return uploadId === null
          ? store.put(key, type, body)
          : store.putPart(key, uploadId, Number(searchParams.get('partNumber')), body)
      case 'POST':
        return uploadId === null
          ? store.createUpload(key, type)
          : store.completeUpload(key, uploadId, body.toString())
      case 'DELETE':
        if (uploadId === null) store.objects.delete(key)
        else store.uploads.delete(uploadId)
        return { status: 204 }
      case 'GET':
      case 'HEAD':
        return store.get(key, headers.range)
      default:
        return { status: 405 }
    }
  }

  function leaveUnanswered(response: ServerResponse): void {
    unanswered.add(response)
    mostUnanswered = Math.max(mostUnanswered, unanswered.size)
    response.once('close', () => unanswered.delete(response))
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { status, body = '', headers = {} } = answer(request, Buffer.concat(chunks))
      const failure = state.failsToAnswer(`${request.method} ${request.url}`)
      if (failure === 'never') return leaveUnanswered(response)
      if (failure === 'half') return breakOff(response, status)
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
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
    store,
    objects: store.objects,
    refusals,
    requests,
    get isDown() {
      return state.isDown
    },
    set isDown(value) {
      state.isDown = value
    },
    get isBroken() {
      return state.isBroken
    },
    set isBroken(value) {
      state.isBroken = value
    },
    get answersInstead() {
      return state.answersInstead
    },
    set answersInstead(value) {
      state.answersInstead = value
    },
    get clockAheadMs() {
      return state.clockAheadMs
    },
    set clockAheadMs(value) {
      state.clockAheadMs = value
    },
    get failsToAnswer() {
      return state.failsToAnswer
    },
    set failsToAnswer(value) {
      state.failsToAnswer = value
    },
    get mostUnanswered() {
      return mostUnanswered
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const answers: S3Server['failsToAnswer'] = () => undefined

/** As the storage of AWS says it ("Error responses"). */
const CODES: Readonly<Record<string, string>> = {
  'another time': 'RequestTimeTooSkewed',
  'another key': 'InvalidAccessKeyId',
  'another scope': 'AuthorizationHeaderMalformed',
  'another signature': 'SignatureDoesNotMatch',
}

export function s3Error(status: number, code: string): S3Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>` }
}

/** A head that promises more than comes. */
function breakOff(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 1000 })
  response.write('x', () => response.destroy())
}

/** @returns `undefined` when the signature is right */
function wrongWith(
  { method = '', url = '', headers }: IncomingMessage,
  body: Buffer,
  key: { accessKeyId: string; secretAccessKey: string; nowMs: number },
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
  const isNow = Math.abs(at - key.nowMs) < MAX_CLOCK_SKEW_MS
  if (!date.startsWith(day) || !isNow) return 'another time'
  const names = signedHeaders.split(';')
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'))
  if (mustBeSigned.some((name) => !names.includes(name))) return 'headers that are not signed'
  if (method === 'PUT' && headers['content-length'] === undefined) return 'no length'
  const content = headerOf(headers, 'x-amz-content-sha256')
  if (content !== UNSIGNED && content !== sha256(body)) return 'another content'
  if ((method === 'PUT' || (method === 'POST' && body.length > 0)) && content === UNSIGNED)
    return 'a content that is not signed'
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
