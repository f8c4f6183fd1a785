/** What the S3 server for tests keeps, with the rules of uploads in parts (AWS, "Multipart upload limits"). */
import { createHash, randomBytes } from 'node:crypto'

const MIN_PART_BYTES = 5 * 1024 * 1024
const MAX_PARTS = 10_000

export interface StoredObject {
  readonly type: string | undefined
  readonly body: Buffer
  readonly etag: string
}

export interface S3Answer {
  readonly status: number
  readonly body?: Buffer | string
  readonly headers?: Readonly<Record<string, string>>
}

interface Upload {
  readonly key: string
  readonly type: string | undefined
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string }>
}

export class S3Objects {
  readonly objects = new Map<string, StoredObject>()
  readonly uploads = new Map<string, Upload>()
  /** Storage that encrypts names its content by something else than its MD5. */
  hasOpaqueEtags = false
  /** So many of the next objects and parts are stored wrong, without a word. */
  wrongWrites = 0
  /** What listings show instead of what is there: keys, and uploads that have begun. */
  staleListing: { readonly keys: readonly string[] } | undefined

  put(key: string, type: string | undefined, sent: Buffer): S3Answer {
    const { body, etag } = this.#stored(sent)
    this.objects.set(key, { type, body, etag })
    return { status: 200, headers: { etag: `"${etag}"` } }
  }

  get(key: string, range: string | undefined): S3Answer {
    const found = this.objects.get(key)
    if (!found) return { status: 404 }
    const headers = { etag: `"${found.etag}"`, ...(found.type && { 'content-type': found.type }) }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
    if (from === undefined) return { status: 200, body: found.body, headers }
    const size = found.body.length
    if (Number(from) >= size) return { status: 416 }
    const last = Math.min(size - 1, Number(to))
    const body = found.body.subarray(Number(from), last + 1)
    return { status: 206, body, headers: { ...headers, 'content-range': `bytes ${from}-${last}/${size}` } }
  }

  list(prefix: string): S3Answer {
    const all = this.staleListing?.keys ?? [...this.objects.keys()]
    const keys = all.filter((key) => key.startsWith(prefix)).toSorted()
    const rows = keys.slice(0, 1000).map((key) => `<Contents><Key>${key}</Key></Contents>`)
    return xml(`<ListBucketResult>${rows.join('')}</ListBucketResult>`)
  }

  listUploads(prefix: string): S3Answer {
    const rows = [...(this.staleListing ? [] : this.uploads)]
      .filter(([, { key }]) => key.startsWith(prefix))
      .map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
    return xml(`<ListMultipartUploadsResult>${rows.join('')}</ListMultipartUploadsResult>`)
  }

  createUpload(key: string, type: string | undefined): S3Answer {
    const id = randomBytes(12).toString('hex')
    this.uploads.set(id, { key, type, parts: new Map() })
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
  }

  putPart(key: string, uploadId: string, number: number, sent: Buffer): S3Answer {
    const upload = this.uploads.get(uploadId)
    if (upload?.key !== key) return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
    if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) return { status: 400 }
    const part = this.#stored(sent)
    upload.parts.set(number, part)
    return { status: 200, headers: { etag: `"${part.etag}"` } }
  }

  completeUpload(key: string, uploadId: string, body: string): S3Answer {
    const upload = this.uploads.get(uploadId)
    if (upload?.key !== key) return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
    const named = Array.from(
      body.matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>"([^"]*)"<\/ETag><\/Part>/g),
      ([, number, etag]) => ({ number: Number(number), part: upload.parts.get(Number(number)), etag }),
    )
    const error = (code: string): S3Answer => ({ status: 400, body: `<Error><Code>${code}</Code></Error>` })
    if (named.length === 0) return error('MalformedXML')
    if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0)))
      return error('InvalidPartOrder')
    const parts = named.flatMap(({ part, etag }) => (part && part.etag === etag ? [part] : []))
    if (parts.length < named.length) return error('InvalidPart')
    if (parts.slice(0, -1).some((part) => part.body.length < MIN_PART_BYTES)) return error('EntityTooSmall')
    const digests = parts.map((part) => createHash('md5').update(part.body).digest())
    const whole = Buffer.concat(parts.map((part) => part.body))
    const md5 = createHash('md5').update(Buffer.concat(digests)).digest('hex')
    const etag = this.hasOpaqueEtags ? randomBytes(16).toString('hex') : `${md5}-${parts.length}`
    this.objects.set(key, { type: upload.type, body: whole, etag })
    this.uploads.delete(uploadId)
    return xml(
      `<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`,
    )
  }

  #stored(sent: Buffer): { readonly body: Buffer; readonly etag: string } {
    const body = Buffer.from(sent)
    if (this.wrongWrites > 0 && body.length > 0) {
      this.wrongWrites--
      body[0] = (body[0] ?? 0) ^ 1
    }
    const md5 = createHash('md5').update(body).digest('hex')
    return { body, etag: this.hasOpaqueEtags ? randomBytes(16).toString('hex') : md5 }
  }
}

function xml(body: string): S3Answer {
  return { status: 200, body, headers: { 'content-type': 'application/xml' } }
}
