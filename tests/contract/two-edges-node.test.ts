/** Two edges on Node. */
import { startNodeEdge } from './node-edge.ts'
import { startTwoEdges } from './two-edges.ts'
import { addTwoEdgesTests } from './two-edges-tests.ts'

addTwoEdgesTests(() => startTwoEdges(startNodeEdge, startNodeEdge))
