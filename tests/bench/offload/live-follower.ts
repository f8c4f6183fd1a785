/**
 * A viewer without a screen that costs little, so that a few processes can be a thousand of them: playlists,
 * init and newest segment, then blocking reloads and, beside each, the part that the last one hinted.
 */
import { connect, type Socket } from 'node:net'

export interface Follower {
  /** Of the server, without a path. */
  readonly baseUrl: string
  /** Path of the multivariant playlist. */
  readonly playlist: string
  readonly parts: number
  readonly asksForDeltas: boolean
  readonly onAnswer: (target: string, body: Buffer) => void
  readonly onFailure: (target: string, reason: string) => void
}

export async function follow({
  baseUrl,
  playlist,
  parts,
  asksForDeltas,
  onAnswer,
  onFailure,
}: Follower): Promise<void> {
  const [lists, media] = [new KeptConnection(baseUrl), new KeptConnection(baseUrl)]
  async function get(connection: KeptConnection, target: string): Promise<Buffer> {
    const body = await connection.get(target)
    onAnswer(target, body)
    return body
  }
  try {
    const first = firstSteps(await get(lists, playlist), playlist)
    const latest = await get(lists, first.media)
    for (const file of firstFiles(latest)) await get(media, first.folder + file)
    let step = nextStep(first, latest)
    for (let count = 0; count < parts; count++) {
      const [answer] = await Promise.all([
        get(lists, asksForDeltas ? `${step.playlist}&_HLS_skip=YES` : step.playlist),
        get(media, step.part).catch((error: unknown) => onFailure(step.part, String(error))),
      ])
      step = nextStep(first, answer)
    }
  } finally {
    lists.close()
    media.close()
  }
}

interface Rendition {
  readonly media: string
  readonly folder: string
}

interface Step {
  readonly playlist: string
  readonly part: string
}

function firstSteps(index: Buffer, playlist: string): Rendition {
  const variant = index
    .toString()
    .split('\n')
    .find((line) => line !== '' && !line.startsWith('#'))
  if (variant === undefined) throw new Error(`No variant in ${index.toString()}`)
  const media = new URL(variant, `http://viewer${playlist}`).pathname
  return { media, folder: media.slice(0, media.lastIndexOf('/') + 1) }
}

function firstFiles(playlist: Buffer): string[] {
  const text = playlist.toString()
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1]
  // A gap has no media.
  const segment = [...text.matchAll(/((?:^#.*\n)*)^(seg\.\d+\.m4s)$/gm)].findLast(
    ([, tags = '']) => !tags.includes('#EXT-X-GAP'),
  )?.[2]
  return [init, segment].filter((file) => file !== undefined)
}

/** By length: of one moment there are a whole playlist and a delta update. */
const lastRead = new Map<number, { readonly playlist: Buffer; readonly step: Step }>()

/** Read once for all viewers of this process, who get the same bytes one after the other. */
function nextStep({ media, folder }: Rendition, playlist: Buffer): Step {
  const known = lastRead.get(playlist.length)
  if (known?.playlist.equals(playlist)) return known.step
  const text = playlist.toString()
  const [file, msn, part] = /part\.(\d+)\.(\d+)\.m4s(?="[^"]*$)/.exec(text) ?? []
  if (file === undefined) throw new Error(`No part is hinted in ${text}`)
  const step = {
    playlist: `${media}?_HLS_msn=${msn}&_HLS_part=${part}`,
    part: folder + file,
  }
  lastRead.set(playlist.length, { playlist, step })
  return step
}

const HEAD_END = '\r\n\r\n'

/** One request at a time. Understands answers with a length, which all of ours have. */
class KeptConnection {
  readonly #socket: Socket
  readonly #host: string
  #chunks: Buffer[] = []
  #receivedBytes = 0
  /** Of the answer that is coming; unknown before its head is whole. */
  #answer: { readonly status: string; readonly headBytes: number; readonly sizeBytes: number } | undefined
  #asked: { readonly target: string; resolve(body: Buffer): void; reject(reason: Error): void } | undefined
  #failure: Error | undefined

  constructor(baseUrl: string) {
    const { hostname, port, host } = new URL(baseUrl)
    this.#host = host
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('The connection was closed')))
  }

  get(target: string): Promise<Buffer> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#asked = { target, resolve, reject }
      this.#socket.write(`GET ${target} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#receivedBytes += chunk.length
    this.#answer ??= this.#readHead()
    const answer = this.#answer
    if (!answer || this.#receivedBytes < answer.headBytes + answer.sizeBytes) return
    const whole = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const asked = this.#asked
    this.#chunks = []
    this.#receivedBytes = 0
    this.#answer = undefined
    this.#asked = undefined
    if (answer.status === '200') asked?.resolve(whole.subarray(answer.headBytes))
    else asked?.reject(new Error(`${answer.status} for ${asked.target}`))
  }

  #readHead() {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    const end = bytes?.indexOf(HEAD_END) ?? -1
    if (!bytes || end < 0) return undefined
    const head = bytes.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`An answer without a length: ${head}`)
    return { status: head.slice(9, 12), headBytes: end + HEAD_END.length, sizeBytes: Number(length) }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#asked?.reject(error)
    this.#asked = undefined
  }
}
