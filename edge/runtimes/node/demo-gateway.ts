/** The demo's payment gateway: guests click through QRIS, and no real money moves. */
import { type GatewaySimulator, postTo, startGatewaySimulator } from './gateway-simulator/simulator.ts'

const KEY = 'SB-Mid-server-demo-demo'

export interface DemoGateway {
  readonly simulator: GatewaySimulator
  /** For the settings of the edge. */
  readonly env: Readonly<Record<string, string>>
  /** Where notices go. */
  use(edgeUrl: string): void
}

export async function startDemoGateway(): Promise<DemoGateway> {
  let edgeUrl = ''
  const deliver = postTo(() => `${edgeUrl}/api/gateways/midtrans`)
  const simulator = await startGatewaySimulator({ gateway: 'midtrans', key: KEY, deliver })
  return {
    simulator,
    env: { GATEWAY: 'midtrans', GATEWAY_KEY: KEY, GATEWAY_URL: simulator.url },
    use: (url) => {
      edgeUrl = url
    },
  }
}
