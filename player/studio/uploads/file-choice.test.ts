import { expect, test } from 'vitest'
import { chooseFiles, MAX_QUEUED } from './file-choice.ts'

function file(name: string, type = 'video/mp4', size = 3): File {
  return new File(['x'.repeat(size)], name, { type, lastModified: 1 })
}

test.each([
  [file('a.mp4'), undefined],
  [file('rekaman.mkv', 'application/x-matroska'), undefined],
  [file('tanpa-jenis', ''), undefined],
  [file('lagu.mp3', 'audio/mpeg'), undefined],
  [file('foto.jpg', 'image/jpeg'), 'not_media'],
  [file('surat.pdf', 'application/pdf'), 'not_media'],
  [file('kosong.mp4', 'video/mp4', 0), 'empty'],
])('%#: a file that was chosen', (chosen, reason) => {
  const { files, refused } = chooseFiles([chosen], [], { queued: [] })
  expect([files.length, refused.map((each) => each.reason)]).toEqual(reason ? [0, [reason]] : [1, []])
})

test('the same file is sent once, a folder not at all, and no more than fit', () => {
  const same = file('a.mp4')
  const many = Array.from({ length: MAX_QUEUED + 2 }, (_, n) => file(`${n}.mp4`))
  const { files, refused } = chooseFiles([same, same, ...many], ['Liburan'], { queued: [file('b.mp4')] })
  expect(files).toHaveLength(MAX_QUEUED - 1)
  expect(refused.slice(0, 2)).toEqual([
    { name: 'Liburan', reason: 'folder' },
    { name: 'a.mp4', reason: 'twice' },
  ])
  expect(refused.slice(2).every(({ reason }) => reason === 'too_many')).toBe(true)
})
