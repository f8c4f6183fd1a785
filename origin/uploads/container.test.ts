import { expect, test } from 'vitest'
import { containerOf } from './container.ts'

const RIFF_SIZE = '00000000'
test.each([
  ['mp3', '494433040000'],
  ['mp3', 'fffb9064'],
  ['mp3', 'fff350c4'],
  ['aac', 'fff15080'],
  ['aac', 'fff94c80'],
  ['flac', '664c6143'],
  ['wav', `52494646${RIFF_SIZE}57415645`],
  ['avi', `52494646${RIFF_SIZE}41564920`],
  ['matroska', '1a45dfa3'],
  ['mov', '000000206674797069736f6d'],
])('%s begins with %s', (container, hex) => {
  expect(containerOf(Buffer.from(hex, 'hex'))).toBe(container)
})

test.each(['ffffffff', 'ffd8ffe0', 'fffe6100', '2345585450', '4720', ''])('%s is no media', (hex) => {
  expect(containerOf(Buffer.from(hex, 'hex'))).toBeUndefined()
})
