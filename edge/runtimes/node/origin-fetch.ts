/**
 * Requests to origins over few, kept connections. Each lane has its own, so that whoever asks for much media keeps
 * nobody from a playlist; what finds none free waits for its turn. Held requests are one for each playlist or part
 * that has viewers, and wait at the origin for seconds: they get far more.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { OriginLane, Platform } from '../../ports.ts'

const MAX_CONNECTIONS: Readonly<Record<OriginLane, number>> = {
  playlist: 64,
  held_playlist: 512,
  media: 64,
  part: 256,
  // Of finished videos, and of the beginning of what is live. A segment is up to tens of megabytes, at both ends.
  video: 32,
  // Drawn one after another: few wait.
  picture: 16,
  // Files on their way to and from an origin: each takes minutes, and a slow reader of one must not hold up the other.
  upload: 64,
  // More than an origin sends at once: it says so, and nobody waits here for a place.
  download: 128,
}
const NO_BODY = new Set([204, 205, 304])

/** @param maxConnections to one origin */
export function createOriginFetch(maxConnections = MAX_CONNECTIONS): Platform['fetchOrigin'] {
  const agents = new Map<string, http.Agent>()

  function agentFor(protocol: string, lane: OriginLane): http.Agent {
    const name = `${protocol} ${lane}`
    const known = agents.get(name)
    if (known) return known
    const options = { keepAlive: true, maxSockets: maxConnections[lane] }
    const agent = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options)
    agents.set(name, agent)
    return agent
  }

  function ask(...[url, init]: Parameters<Platform['fetchOrigin']>): Promise<Response> {
    const { method = 'GET', headers, body, signal, lane } = init
    const { protocol } = new URL(url)
    const { request } = protocol === 'https:' ? https : http
    return new Promise((resolve, reject) => {
      const asking = request(url, { method, agent: agentFor(protocol, lane), headers, signal })
      asking.on('response', (message) => resolve(responseOf(message)))
      asking.on('error', (error) =>
        reject(asking.reusedSocket && isReset(error) ? new StaleConnectionError(error) : error),
      )
      if (body) pipeline(Readable.fromWeb(body as NodeReadableStream), asking, () => {})
      else asking.end()
    })
  }

  return async (url, init) => {
    // A kept connection may be closed by the other side just when it is used again; the next one is as likely.
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(url, init)
      } catch (error) {
        if (!(error instanceof StaleConnectionError)) throw error
        if (attempt === MAX_ATTEMPTS || init.body) throw error.cause
      }
    }
  }
}

const MAX_ATTEMPTS = 3

class StaleConnectionError extends Error {
  constructor(cause: Error) {
    super('The kept connection was closed', { cause })
  }
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}

function responseOf(message: http.IncomingMessage): Response {
  const status = message.statusCode ?? 0
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  if (NO_BODY.has(status)) {
    message.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(message) as ReadableStream<Uint8Array<ArrayBuffer>>, { status, headers })
}
