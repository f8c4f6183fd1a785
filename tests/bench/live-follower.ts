/**
 * A viewer without a screen that costs little, so that one process can be a thousand of them: playlists,
 * init and newest segment, then blocking delta updates and, beside each, the part that the last one hinted.
 */
import { type Agent, request } from 'node:http'

export interface Follower {
  /** Of the server, without a path. */
  readonly baseUrl: string
  /** Path of the multivariant playlist. */
  readonly playlist: string
  /** Kept connections, one for the playlist and one for the part. */
  readonly agent: Agent
  readonly parts: number
  readonly onAnswer: (target: string, body: Uint8Array) => void
  readonly onFailure: (target: string, reason: string) => void
}

export async function follow(follower: Follower): Promise<void> {
  const index = textOf(await get(follower, follower.playlist))
  const variant = index.split('\n').find((line) => line !== '' && !line.startsWith('#'))
  if (variant === undefined) throw new Error(`No variant in ${index}`)
  const media = new URL(variant, `http://viewer${follower.playlist}`).pathname
  const folder = media.slice(0, media.lastIndexOf('/') + 1)
  let playlist = textOf(await get(follower, media))
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1]
  const segment = newestSegment(playlist)
  for (const file of [init, segment]) if (file !== undefined) await get(follower, folder + file)
  for (let count = 0; count < follower.parts; count++) {
    const [file, msn, part] = /part\.(\d+)\.(\d+)\.m4s(?="[^"]*$)/.exec(playlist) ?? []
    if (file === undefined) throw new Error(`No part is hinted in ${playlist}`)
    const [answer] = await Promise.all([
      get(follower, `${media}?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`),
      get(follower, folder + file).catch((error: unknown) => follower.onFailure(file, String(error))),
    ])
    playlist = textOf(answer)
  }
}

/** That is not a gap, whose media is not there. */
function newestSegment(playlist: string): string | undefined {
  const listed = playlist.matchAll(/((?:^#.*\n)*)^(seg\.\d+\.m4s)$/gm)
  return [...listed].findLast(([, tags = '']) => !tags.includes('#EXT-X-GAP'))?.[2]
}

function get({ baseUrl, agent, onAnswer }: Follower, target: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const outgoing = request(baseUrl + target, { agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', reject)
      answer.once('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(`${answer.statusCode} for ${target}`))
        const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)
        onAnswer(target, body)
        resolve(body)
      })
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
}
