/** Reads bits, most significant first. Past the end it throws RangeError, so a short header cannot loop. */
export class BitReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** @param count 1 to 32 */
  bits(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) {
      const byte = this.#bytes[this.#position >> 3]
      if (byte === undefined) throw new RangeError('Cannot read bits past the end')
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1)
      this.#position++
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  /** Unsigned Exp-Golomb (ITU-T H.264, 9.1). */
  ue(): number {
    let zeros = 0
    while (!this.flag()) {
      if (++zeros > 31) throw new RangeError('Cannot read an Exp-Golomb code of more than 32 bits')
    }
    return zeros === 0 ? 0 : 2 ** zeros - 1 + this.bits(zeros)
  }

  /** Signed Exp-Golomb (ITU-T H.264, 9.1.1). */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
