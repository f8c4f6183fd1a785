/** What this runtime uses of `node:crypto`: its own types would bring all of Node's globals. */
declare module 'node:crypto' {
  export function scrypt(
    password: string,
    salt: Uint8Array,
    keyBytes: number,
    options: { N: number; r: number; p: number; maxmem: number },
    callback: (error: Error | null, key: Uint8Array) => void,
  ): void
  export function timingSafeEqual(left: Uint8Array, right: Uint8Array): boolean
}
