import { expect, test } from 'vitest'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import { createMidtrans } from './midtrans.ts'
import { createXendit } from './xendit.ts'

const KEY = 'SB-Mid-server-TESTKEY'

test('the documented vector of a Midtrans signature', async () => {
  const config = { name: 'midtrans', key: KEY, callbackToken: '', url: 'http://127.0.0.1' } as const
  const gateway = createMidtrans(config, fetchGateway)
  const notice = (signature: string) =>
    gateway.readNotice(
      JSON.stringify({
        order_id: 'D-01JTESTORDER',
        status_code: '200',
        gross_amount: '10000.00',
        signature_key: signature,
        a_new_field: true,
      }),
      new Headers(),
    )
  const signature =
    '2ad94c7d230f3605161d4f2b3b88634a940726530042327e254ce0adc550d791f57142794652dbf7f709f7c86704633a0de07abd885d19fdfe86e6903c61ae40'
  expect(await notice(signature)).toEqual({ orderId: 'D-01JTESTORDER' })
  expect(await notice(signature.replace('2', '3'))).toBeUndefined()
  expect(await gateway.readNotice('{', new Headers())).toBeUndefined()
})

test('an empty callback token of Xendit is nobody’s', async () => {
  const config = { name: 'xendit', key: KEY, callbackToken: '', url: 'http://127.0.0.1' } as const
  const body = JSON.stringify({ event: 'payment.capture', data: { reference_id: 'x' } })
  expect(await createXendit(config, fetchGateway).readNotice(body, new Headers())).toBeUndefined()
})
