/**
 * The edge on Node with a database file, or any other edge at PANGGUNG_URL. For another one, these must say
 * how it was started: PANGGUNG_SETUP_CODE, PANGGUNG_ORIGIN_SECRET, PANGGUNG_EDGE_SECRET and
 * PANGGUNG_ORIGIN_PORT, where the suite then plays the origin called `main`, and PANGGUNG_GATEWAY_PORT, where it
 * plays Midtrans with the key of tests/support/gateway.
 */
import { FakeOrigin } from '../support/fake-origin.ts'
import { startTestGateway } from '../support/gateway.ts'
import { startNodeEdge, startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'
import type { ContractTarget } from './target.ts'

const given = process.env['PANGGUNG_URL']
addContractTests(given === undefined ? () => startTarget(startNodeEdge) : () => useEdge(given))

async function useEdge(url: string): Promise<ContractTarget> {
  const origin = await FakeOrigin.start(Number(setting('PANGGUNG_ORIGIN_PORT')))
  const gateway = await startTestGateway({ port: Number(setting('PANGGUNG_GATEWAY_PORT')) })
  gateway.use(url)
  return {
    url,
    setupCode: setting('PANGGUNG_SETUP_CODE'),
    origin,
    originId: 'main',
    originSecret: setting('PANGGUNG_ORIGIN_SECRET'),
    internalSecret: setting('PANGGUNG_EDGE_SECRET'),
    gateway: gateway.simulator,
    async stop() {
      await origin.close()
      await gateway.simulator.close()
    },
  }
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`PANGGUNG_URL is set, so ${name} must be set too`)
  return value
}
