/** An edge on Node beside one on Deno, and two on Deno. */
import { describe } from 'vitest'
import { startDenoEdge } from './deno-edge.ts'
import { startNodeEdge } from './node-edge.ts'
import { startTwoEdges } from './two-edges.ts'
import { addTwoEdgesTests } from './two-edges-tests.ts'

describe('Node and Deno', () => {
  addTwoEdgesTests(() => startTwoEdges(startNodeEdge, startDenoEdge))
})
describe('Deno and Deno', () => {
  addTwoEdgesTests(() => startTwoEdges(startDenoEdge, startDenoEdge))
})
