/** An EventSource client in a process of its own: stamps each alert when its frame is complete. */
import { EventStream } from '../support/event-stream.ts'
import { markIn, nowNs, tell } from './bench-messages.ts'

const [, , url = '', cookie = ''] = process.argv
process.once('disconnect', () => process.exit(0))

const stream = await EventStream.open(url, {
  cookie,
  onFrame({ event, data, raw }) {
    if (event !== 'alert') return
    const at = nowNs()
    const mark = markIn(data)
    if (mark !== undefined) tell({ type: 'arrived', mark, at, frame: raw })
  },
})
if (stream.status !== 200) throw new Error(`The event stream answered ${stream.status}`)
await stream.next('hello')
tell({ type: 'connected' })
