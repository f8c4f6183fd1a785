/** What the edge bench tells its floor: the answers to have. The floor tells its port. */
export type FloorMessage = readonly {
  readonly target: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}[]
