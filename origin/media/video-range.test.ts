import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type VideoCodec, parseVideoConfig } from './video-config.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** What x265 wrote for 640 x 360 in BT.2020: nine reference sets stand before what is looked for. */
const HEVC_START =
  '0102200000009000000000003ff000fcfdfafa00000f03a00001001840010c01ffff02200000030090000003000003003f959809a10001002e42010102200000030090000003000003003fa0050201693659'
const HEVC_END = '3c10a2000100074401c172b46240'
const HEVC_PQ = `${HEVC_START}59a4932bc05a84880482000003000200000300${HEVC_END}`
const HEVC_HLG = `${HEVC_START}59a49395e02d424482410000030001000003001e08a2000100074401c172b46240`
/** What x264 wrote for 320 x 180 in 10 bits. */
const AVC_PQ =
  '016e000dffe1001e676e000da6cd941419f9f016a1220128000003000800000301e078a14cb001000668ebe3cb22c0fdfafa00'
const AVC_HLG =
  '016e000dffe1001e676e000da6cd941419f9f016a1224128000003000800000301e078a14cb001000668ebe3cb22c0fdfafa00'

test.each([
  ['hevc', HEVC_PQ, 'PQ'],
  ['hevc', HEVC_HLG, 'HLG'],
  ['avc', AVC_PQ, 'PQ'],
  ['avc', AVC_HLG, 'HLG'],
  ['av1', '81014c000a0e0000000cc4ff6736be5424402410', 'PQ'],
  ['av1', '81000c000a0b000000043cfeccdaf90040', 'SDR'],
] as const)('the range of %s is read: %#', (codec: VideoCodec, hex, videoRange) => {
  expect(parseVideoConfig(codec, fromHex(hex))).toMatchObject({ videoRange })
})

test('what stands before the range may be anything: the size is still known, and nothing hangs', () => {
  const record = fromHex(HEVC_PQ)
  const size = { width: 640, height: 360 }
  // Behind the size, up to the picture parameter set.
  const from = HEVC_START.length / 2
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 19, maxLength: 19 }), (bytes) => {
      const changed = Uint8Array.from(record)
      // Zeros would be read as the prevention of a start code.
      changed.set(
        bytes.map((byte) => Math.max(byte, 4)),
        from,
      )
      expect(parseVideoConfig('hevc', changed)).toMatchObject(size)
    }),
  )
})
