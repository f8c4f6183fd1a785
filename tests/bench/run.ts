/** `npm run bench -- NAME`: the last line of every bench is its result as JSON. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setUpSystem } from '../setup.ts'
import { ROOT } from '../support/source-files.ts'

const BENCHES = {
  latency: () => import('./latency.ts').then((bench) => bench.measureLatency()),
  ingest: () => import('./ingest.ts').then((bench) => bench.measureIngest()),
  alerts: () => import('./alerts.ts').then((bench) => bench.measureAlerts()),
  fanout: () => import('./fanout.ts').then((bench) => bench.measureFanout()),
  'fanout-worker': () => import('./fanout-worker.ts').then((bench) => bench.measureWorkerFanout()),
  refusals: () => import('./refusals.ts').then((bench) => bench.measureRefusals()),
  edge: () => import('./edge.ts').then((bench) => bench.measureEdge()),
  ledger: () => import('./ledger.ts').then((bench) => bench.measureLedger()),
  offload: () => import('./offload/offload.ts').then((bench) => bench.measureOffload()),
  vod: () => import('./vod.ts').then((bench) => bench.measureVod()),
} as const

const name = process.argv[2]
if (name === undefined || !Object.hasOwn(BENCHES, name)) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`)
  process.exit(2)
}
if (!setUpSystem()) process.exit(1)
const build = spawnSync(join(ROOT, 'node_modules/.bin/vite'), ['build', 'player', '--logLevel', 'warn'], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (build.status !== 0) process.exit(1)
const result = await BENCHES[name as keyof typeof BENCHES]()
console.log(JSON.stringify({ bench: name, ...result }))
