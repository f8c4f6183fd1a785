/** What a phone encoder is given: one address with the key in it, and the same for the app Larix. */

export function phoneAddress({ server, streamKey }: { server: string; streamKey: string }): string {
  return `${server}/${streamKey}`
}

/** Larix Grove: an address that the app Larix opens, with a connection ready to use (softvelum.com/larix/grove). */
export function larixAddress(connection: { server: string; streamKey: string; name: string }): string {
  const fields = [
    ['url', phoneAddress(connection)],
    ['name', connection.name],
    ['overwrite', 'on'],
  ]
  return `larix://set/v1?${fields.map(([name, value = '']) => `conn[][${name}]=${encodeURIComponent(value)}`).join('&')}`
}

/** `abcd efgh …`: easier to type, and to keep one's place in. */
export function groupsOf(key: string): string[] {
  return key.match(/.{1,4}/g) ?? []
}
