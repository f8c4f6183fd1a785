/** NAL units, which H.264 and HEVC share (ITU-T H.264 and H.265, 7.3.1; ISO/IEC 14496-15, 4.3.3). */

/** Drops the 03 of each 00 00 03 (ITU-T H.264, 7.4.1). */
export function removeEmulation(nal: Uint8Array): Uint8Array {
  const plain: number[] = []
  for (let index = 0; index < nal.length; index++) {
    if (nal[index] === 3 && nal[index - 1] === 0 && nal[index - 2] === 0) continue
    plain.push(nal[index] ?? 0)
  }
  return Uint8Array.from(plain)
}

/**
 * The NAL units of a sample, without copying. A length that does not fit ends the walk.
 * @param lengthBytes 1 to 4: `lengthSizeMinusOne` + 1 of the configuration
 */
export function* nalUnits(sample: Uint8Array, lengthBytes: number): Generator<Uint8Array> {
  for (let at = 0; at + lengthBytes <= sample.length;) {
    let length = 0
    for (let index = 0; index < lengthBytes; index++) length = length * 256 + (sample[at + index] ?? 0)
    at += lengthBytes
    if (at + length > sample.length) return
    yield sample.subarray(at, at + length)
    at += length
  }
}
