/** Many readers of one event stream in one process and from one address: raw sockets, so that reading costs little. */
import { connect, type Socket } from 'node:net'
import { nowNs, tell } from './bench-messages.ts'

const [, , url = '', cookie = '', localAddress = '127.0.0.1'] = process.argv
const { hostname, port, pathname } = new URL(url)
const REQUEST = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: text/event-stream\r\nCookie: ${cookie}\r\n\r\n`
/** Opened at once. */
const BATCH = 25
const MARK = /bench-[\w-]+/

const sockets: Socket[] = []
const arrivals = new Map<string, number[]>()

process.once('disconnect', () => process.exit(0))
process.on('message', (message: { open: number }) => {
  void openUpTo(message.open).then(() => tell({ type: 'connected' }))
})
tell({ type: 'ready', port: 0 })

async function openUpTo(count: number): Promise<void> {
  while (sockets.length < count)
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(BATCH, count - sockets.length) }, open))),
    )
}

function open(): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({ host: hostname, port: Number(port), localAddress }, () => socket.write(REQUEST))
  let isGreeted = false
  socket.on('data', (data) => {
    if (isGreeted) return take(data)
    if (!data.includes('event: hello')) return
    isGreeted = true
    resolve(socket)
  })
  socket.once('error', reject)
  socket.once('close', () => {
    throw new Error('A stream was closed')
  })
  return promise
}

function take(data: Buffer): void {
  const at = nowNs()
  const start = data.indexOf('bench-')
  if (start < 0) return
  const [mark = ''] = MARK.exec(data.toString('latin1', start, start + 64)) ?? []
  const times = arrivals.get(mark) ?? []
  arrivals.set(mark, times)
  times.push(at)
  if (times.length < sockets.length) return
  arrivals.delete(mark)
  tell({ type: 'arrived_all', mark, times })
}
