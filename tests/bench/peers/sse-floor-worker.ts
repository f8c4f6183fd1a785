/**
 * The floor of the fan-out bench on Workers: the least that a Worker with one object does to send an event to all who
 * listen. GET /events subscribes; POST /send sends its body, which is a whole frame, to every subscriber.
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

export class FloorObject {
  readonly #subscribers = new Set<ReadableStreamDefaultController<Uint8Array>>()

  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') {
      const frame = new Uint8Array(await request.arrayBuffer())
      for (const subscriber of this.#subscribers) subscriber.enqueue(frame)
      return new Response(null, { status: 204 })
    }
    let own: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller
        controller.enqueue(new TextEncoder().encode('event: hello\ndata: {}\n\n'))
        this.#subscribers.add(controller)
      },
      cancel: () => {
        if (own) this.#subscribers.delete(own)
      },
    })
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    })
  }
}
