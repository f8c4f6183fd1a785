/** What the processes of the offload bench tell each other. Times are CLOCK_MONOTONIC in ns. */
export type OffloadMessage =
  | { readonly type: 'ready'; readonly port: number }
  /** To the floor: an answer that may be sent from now on. */
  | { readonly type: 'release'; readonly target: string; readonly body: Uint8Array }
  /** To the floor: forget everything. */
  | { readonly type: 'clear' }
  /** From the viewers: each part's last arrival, and how many of them got it. */
  | {
      readonly type: 'watched'
      readonly parts: readonly PartArrivals[]
      readonly failures: number
      /** Share of its time that the process was busy: near 1, it is the viewers who are late. */
      readonly busy: number
    }

export interface PartArrivals {
  readonly target: string
  readonly lastAt: number
  readonly viewers: number
}
