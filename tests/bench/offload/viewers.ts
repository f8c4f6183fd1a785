/** Many viewers in a process of their own: `viewers.ts PLAYLIST PARTS COUNT SERVER...` */
import { nowNs } from '../bench-messages.ts'
import { follow } from './live-follower.ts'
import type { OffloadMessage, PartArrivals } from './messages.ts'

const [, , playlist = '', parts = '0', count = '0', ...servers] = process.argv
process.once('disconnect', () => process.exit(0))

const arrivals = new Map<string, { lastAt: number; viewers: number }>()
let failures = 0
const viewers = Array.from({ length: Number(count) }, (_each, index) =>
  follow({
    baseUrl: servers[index % servers.length] ?? '',
    playlist,
    parts: Number(parts),
    // As an audience of different players does.
    asksForDeltas: index % 4 !== 0,
    onAnswer(target) {
      if (!target.includes('/part.')) return
      const arrival = arrivals.get(target)
      if (arrival) {
        arrival.lastAt = nowNs()
        arrival.viewers++
      } else arrivals.set(target, { lastAt: nowNs(), viewers: 1 })
    },
    onFailure: () => failures++,
  }).catch((error: unknown) => {
    failures++
    if (failures <= 3) console.error(String(error))
  }),
)
await Promise.all(viewers)
const watched: PartArrivals[] = [...arrivals].map(([target, arrival]) => ({ target, ...arrival }))
const { user, system } = process.cpuUsage()
const busy = (user + system) / 1e6 / process.uptime()
const message: OffloadMessage = { type: 'watched', parts: watched, failures, busy }
process.send?.(message, () => process.exit(0))
