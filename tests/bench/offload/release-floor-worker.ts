/**
 * The floor of the offload bench on Workers: the least with which requests of an audience can meet there. A Worker
 * passes each on to one object, which holds it until its bytes are released (PUT) and then answers everybody.
 */
interface Bindings {
  readonly FLOOR: { getByName(name: string): { fetch(request: Request): Promise<Response> } }
}

export default {
  fetch(request: Request, { FLOOR }: Bindings): Promise<Response> | Response {
    if (new URL(request.url).pathname === '/health') return new Response('ok')
    return FLOOR.getByName('floor').fetch(request)
  },
}

interface Released {
  readonly whenThere: Promise<ArrayBuffer>
  readonly release: (body: ArrayBuffer) => void
}

export class FloorObject {
  readonly #released = new Map<string, Released>()

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    const { whenThere, release } = this.#at(pathname + search)
    if (request.method === 'PUT') {
      release(await request.arrayBuffer())
      return new Response(null, { status: 204 })
    }
    const body = await whenThere
    return new Response(body, { headers: { 'content-length': String(body.byteLength) } })
  }

  #at(target: string): Released {
    const known = this.#released.get(target)
    if (known) return known
    const { promise, resolve } = Promise.withResolvers<ArrayBuffer>()
    const made = { whenThere: promise, release: resolve }
    this.#released.set(target, made)
    return made
  }
}
