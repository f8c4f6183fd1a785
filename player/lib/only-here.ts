/** Whether an address means whatever machine it is opened on: nobody else gets anywhere with it. */
export function isOnlyHere(address: string): boolean {
  return /^[a-z]+:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/i.test(address)
}
