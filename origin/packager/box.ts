/** ISO base media file format boxes (ISO 14496-12), for the small ones that are written once. */

type BoxContent = Uint8Array | readonly number[]

export function box(type: string, ...contents: readonly BoxContent[]): Uint8Array {
  const size = contents.reduce((sum, content) => sum + content.length, 8)
  const bytes = new Uint8Array(size)
  bytes.set(u32(size))
  bytes.set(fourCharacters(type), 4)
  let offset = 8
  for (const content of contents) {
    bytes.set(content, offset)
    offset += content.length
  }
  return bytes
}

export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...contents: readonly BoxContent[]
): Uint8Array {
  return box(type, [version, ...u32(flags).slice(1)], ...contents)
}

export function fourCharacters(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0))
}

export function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff]
}

export function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
}

export function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
