import { expect, test } from 'vitest'
import { parseHlsPath } from '../../shared/hls-path.ts'
import type { CachedAnswer, Row, Statement } from '../ports.ts'
import { captionAnswer } from './vod-captions.ts'
import type { VideoPath } from './vod.ts'

const VIDEO = '01jd3v2k8m0000000000000001'
const PLAYLIST = ['#EXTM3U', '#EXT-X-MAP:URI="init.0.mp4"', '#EXTINF:4.000,', 'seg.0.m4s', ''].join('\n')

/** @returns what of the table was read for an address, beside the answer */
async function ask(file: string) {
  const read: string[] = []
  const answer = await captionAnswer(parseHlsPath(`/vod/${VIDEO}/${VIDEO}/${file}`) as VideoPath, {
    database: {
      read: ({ sql, args = [] }: Statement) => {
        read.push(sql.slice(0, sql.indexOf(' FROM')))
        const row: Row = { cues: JSON.stringify([[1000, 2000, 'Halo']]) }
        return Promise.resolve(args[1] === 7 ? [row] : [])
      },
      write: () => Promise.reject(new Error('Nothing is written')),
      close: () => Promise.resolve(),
    },
    nowMs: () => 0,
    ask: () => Promise.resolve({ body: new TextEncoder().encode(PLAYLIST) } as CachedAnswer),
    cut: null,
  })
  return { text: answer && new TextDecoder().decode(answer.body), read }
}

test('an invented number costs no reading of all that is said', async () => {
  expect((await ask('sub7/seg.0.vtt')).text).toContain('Halo')
  expect((await ask('sub7/media.m3u8')).text).toContain('seg.0.vtt')
  for (const invented of ['sub7/seg.1.vtt', 'sub7/seg.999999999.vtt', 'sub8/seg.0.vtt', 'sub8/media.m3u8'])
    expect(await ask(invented)).toEqual({ text: undefined, read: ['SELECT 1'] })
})
