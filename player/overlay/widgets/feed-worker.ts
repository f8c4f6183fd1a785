/** The feed as a shared worker: one stream, however many widgets OBS has of a link. */
import { type FeedMessage, startFeed } from './feed.ts'

/** More browser sources than anybody has. */
const MAX_PORTS = 50

// The worker's own scope: TypeScript's DOM library has no name for it.
declare const self: { name: string; onconnect: ((event: MessageEvent) => void) | null }

const ports = new Set<MessagePort>()
let last: FeedMessage | undefined
let feed: { close: () => void } | undefined

self.onconnect = ({ ports: [port] }) => {
  if (!port) return
  ports.add(port)
  const [oldest] = ports
  if (ports.size > MAX_PORTS && oldest) leave(oldest)
  port.addEventListener('message', ({ data }) => {
    if (data === 'bye') leave(port)
  })
  port.start()
  // A page with a key that was just accepted: what ended for an older session begins again.
  if (last?.type === 'stopped') feed = undefined
  if (last?.type === 'view') port.postMessage(last)
  feed ??= startFeed(self.name, tell)
}

function tell(message: FeedMessage): void {
  last = message
  for (const port of ports) port.postMessage(message)
}

function leave(port: MessagePort): void {
  ports.delete(port)
  port.close()
}
