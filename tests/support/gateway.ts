/** A payment gateway for an edge of a test, and the settings by which the edge finds it. */
import {
  type GatewaySimulator,
  postTo,
  startGatewaySimulator,
} from '../../edge/runtimes/node/gateway-simulator/simulator.ts'

const KEY = 'SB-Mid-server-kunci-uji'
/** Of the documented minutes, so that what comes again in a test comes soon. */
const TIME_SCALE = 1e-3

export interface TestGateway {
  readonly simulator: GatewaySimulator
  /** For the environment of the edge. */
  readonly env: Readonly<Record<string, string>>
  /** Notices go there from now on. */
  use(edgeUrl: string): void
}

export async function startTestGateway({ port = 0 } = {}): Promise<TestGateway> {
  let edgeUrl: string | undefined
  const deliver = postTo(() => `${edgeUrl ?? ''}/api/gateways/midtrans`)
  const simulator = await startGatewaySimulator({
    gateway: 'midtrans',
    key: KEY,
    deliver,
    port,
    timeScale: TIME_SCALE,
  })
  return {
    simulator,
    env: { GATEWAY: 'midtrans', GATEWAY_KEY: KEY, GATEWAY_URL: simulator.url },
    use: (url) => {
      edgeUrl = url
    },
  }
}
