/** What a payment gateway does for guests. Midtrans and Xendit speak it; the simulator answers both. */
export type GatewayName = 'midtrans' | 'xendit'

export interface GatewayCharge {
  /** Ours: chargeable once. */
  readonly orderId: string
  readonly amountRupiah: number
  /** Unix time in ms. */
  readonly expiresAt: number
  readonly nowMs: number
}

export interface ChargedQr {
  /** The gateway's own id of the payment. */
  readonly reference: string
  /** What the code says (EMVCo); some gateways give only a picture. */
  readonly qrText?: string
  readonly qrPng?: Uint8Array<ArrayBuffer>
}

/**
 * In the order in which they may follow each other: a payment never goes back. A late payment may come after
 * expiry, and a reversal after settlement. Of a part: the gateway still owes the rest.
 */
const GATEWAY_STATES = ['pending', 'expired', 'paid', 'partly_reversed', 'reversed'] as const
export type GatewayState = (typeof GATEWAY_STATES)[number]

/** What the gateway says of a payment when it is asked. */
export interface GatewayStatus {
  readonly orderId: string
  readonly state: GatewayState
  readonly amountRupiah: number
  readonly currency: string
}

/** A notice says only that something happened; what it was is asked for. */
export interface GatewayNotice {
  readonly orderId: string
}

export interface GatewayRefund {
  readonly orderId: string
  /** Of this try: the same one counts once, a new one is another refund. */
  readonly refundKey: string
  readonly reference: string
  readonly amountRupiah: number
}

export interface Gateway {
  readonly name: GatewayName
  /** @throws AppError `gateway_unavailable` */
  charge(charge: GatewayCharge): Promise<ChargedQr>
  /** @throws AppError `gateway_unavailable`; `undefined`: the gateway knows no such payment */
  status(of: { readonly orderId: string; readonly reference: string }): Promise<GatewayStatus | undefined>
  /** Authentic and readable, or `undefined`. */
  readNotice(body: string, headers: Headers): Promise<GatewayNotice | undefined>
  /** @throws AppError `gateway_unavailable` when nobody knows whether it was taken */
  refund(refund: GatewayRefund): Promise<RefundAnswer>
  /**
   * How a refund goes that was taken, where the gateway keeps it apart from the payment.
   * @throws AppError `gateway_unavailable`
   */
  refundState?(refundReference: string): Promise<RefundState>
}

/** `taken`: its end comes later. */
export type RefundState = 'refunded' | 'taken' | 'failed'

/** `refused`: nothing was taken. */
export type RefundAnswer =
  | { readonly state: 'refunded' | 'refused' }
  | {
      readonly state: 'taken'
      /** The gateway's own id of the refund. */
      readonly refundReference?: string
    }

export interface GatewayConfig {
  readonly name: GatewayName
  /** Server key (Midtrans) or secret API key (Xendit). */
  readonly key: string
  /** Xendit's callback token; Midtrans signs with its server key. */
  readonly callbackToken: string
  /** Without a slash at the end. */
  readonly url: string
}

export type GatewayFetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
) => Promise<Response>
