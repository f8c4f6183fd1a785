/** An edge on Node beside one on Workers. */
import { startNodeEdge } from './node-edge.ts'
import { startTwoEdges } from './two-edges.ts'
import { addTwoEdgesTests } from './two-edges-tests.ts'
import { startWorkerEdge } from './worker-edge.ts'

addTwoEdgesTests(() => startTwoEdges(startNodeEdge, startWorkerEdge))
