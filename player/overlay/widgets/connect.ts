/** Where a page gets the feed from: the worker that it shares with the other widgets, or itself. */
import * as v from 'valibot'
import { FeedMessage, startFeed } from './feed.ts'

export function connectFeed(overlayId: string, onMessage: (message: FeedMessage) => void): void {
  if (typeof SharedWorker === 'undefined') {
    startFeed(overlayId, onMessage)
    return
  }
  const worker = new SharedWorker(new URL('./feed-worker.ts', import.meta.url), {
    type: 'module',
    name: overlayId,
  })
  let isAnswered = false
  worker.addEventListener('error', () => {
    // It cannot be started here: this page then has a stream of its own.
    if (!isAnswered) startFeed(overlayId, onMessage)
    isAnswered = true
  })
  worker.port.addEventListener('message', ({ data }) => {
    const message = v.safeParse(FeedMessage, data)
    if (!message.success) return
    isAnswered = true
    onMessage(message.output)
  })
  worker.port.start()
  // oxlint-disable-next-line require-post-message-target-origin -- a port has no origin
  addEventListener('pagehide', () => worker.port.postMessage('bye'))
}
