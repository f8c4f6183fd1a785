/** What a simulated payment gateway is told and what it says. */

export type SimulatedGateway = 'midtrans' | 'xendit'
export type SimulatedState = 'pending' | 'paid' | 'expired' | 'denied' | 'refunded'

/** Each is off. */
export interface Faults {
  /** Notices are not sent at all. */
  noNotices?: boolean
  /** Each notice is sent twice, at the same time. */
  duplicates?: boolean
  /** The notice says another amount than was paid. */
  wrongAmount?: boolean
  wrongToken?: boolean
  /** The notice says `settlement` while the payment is pending. */
  tampered?: boolean
  /** The API answers 500. */
  isDown?: boolean
  /** The status says that another amount was paid. */
  paidOtherAmount?: boolean
  refusesRefunds?: boolean
  /** Xendit: refunds are taken, and end only when `endRefund` says how. */
  takesRefunds?: boolean
  /** Refunds are lost on the way. */
  losesRefunds?: boolean
  /** The status of what was paid says that a Rupiah of it was refunded. */
  refundedPart?: boolean
  /** Midtrans: pictures only, no text of the code. */
  onlyPictures?: boolean
}

export interface SimulatedOrder {
  readonly orderId: string
  readonly reference: string
  readonly amountRupiah: number
  state: SimulatedState
}

export interface SimulatedRefund {
  readonly id: string
  readonly idempotencyKey: string
  readonly orderId: string
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
}

/** What the simulator keeps for the API in front of it. */
export interface Books {
  readonly url: string
  readonly key: string
  readonly callbackToken: string
  readonly faults: Readonly<Faults>
  readonly orders: Map<string, SimulatedOrder>
  /** Of Xendit, which keeps them apart from payments. */
  readonly refunds: SimulatedRefund[]
}

export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

export interface SimulatedApi {
  /** The answer to a request that showed the key; bytes are a picture. */
  answer(request: {
    readonly method: string
    readonly path: string
    readonly body: unknown
    readonly idempotencyKey: string
  }): ApiAnswer | Uint8Array
  notice(order: SimulatedOrder): { readonly headers: Record<string, string>; readonly body: unknown }
  /** How long it waits before it sends the n-th repetition of a notice; undefined: it gives up. */
  waitMs(repetition: number, lastStatus: number): number | undefined
}

/** What a customer's phone reads: an address that pays. */
export function codeOf({ url }: Books, { orderId }: SimulatedOrder): string {
  return `${url}/act?order=${orderId}&state=paid`
}

export function addOrder({ orders }: Books, order: Omit<SimulatedOrder, 'state'>): SimulatedOrder {
  const added: SimulatedOrder = { ...order, state: 'pending' }
  orders.set(added.orderId, added)
  return added
}

export function paidAmount({ faults }: Books, { amountRupiah }: SimulatedOrder): number {
  return faults.paidOtherAmount === true ? amountRupiah - 1 : amountRupiah
}
