import { expect, test } from 'vitest'
import * as v from 'valibot'
import { FILE_NAME_MAX_CHARS, NewUpload } from '../../../shared/contracts/uploads.ts'
import { isSameFile, newUploadOf } from './chosen-file.ts'

const file = (name: string, lastModified = 5) => ({ name, size: 10, lastModified })

test.each([
  'Screen Recording 2026-01-02 at 3.04.05\u202fPM.mov',
  ' dua  spasi .mp4',
  `${'panjang '.repeat(40)}.mp4`,
  `${'x'.repeat(FILE_NAME_MAX_CHARS - 1)}\u{1F600}.mp4`,
  'patah\ud800.mp4',
  '\u200b',
])('what the server answers is the same file again (%#)', (name) => {
  const asked = newUploadOf(file(name))
  const answered = v.parse(NewUpload, JSON.parse(JSON.stringify(asked)))
  expect(isSameFile(answered, newUploadOf(file(name)))).toBe(true)
  expect(isSameFile(answered, newUploadOf(file(name, 6)))).toBe(false)
})

test('files of before 1970 have a time too', () => {
  expect(newUploadOf(file('a.mp4', -1)).modifiedAt).toBe(0)
})
