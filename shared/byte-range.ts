/** One range of bytes, as it is asked for (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly from: number
  /** Inclusive. */
  readonly to: number
}

/** `undefined`: the whole is sent, also for more than one range, as the standard allows. */
export function readRange(range: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? '')
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(size, Number(last))
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size - 1 }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= size) return 'unsatisfiable'
  return { from, to: last === '' ? size - 1 : Math.min(size - 1, Number(last)) }
}
