import { describe, expect, test } from 'vitest'
import { formatDirectives, formatHlsPath, parseDirectives, parseHlsPath } from './hls-path.ts'

const BROADCAST = '01jd3v2k8m0000000000000000'

describe('parseHlsPath()', () => {
  test.each([
    '/live/budi/index.m3u8',
    '/live/budi/still.jpg',
    `/live/budi/${BROADCAST}/source/media.m3u8`,
    `/live/budi/${BROADCAST}/source/init.0.mp4`,
    `/live/budi/${BROADCAST}/720p/seg.41.m4s`,
    `/live/budi/${BROADCAST}/source/part.41.3.m4s`,
    `/vod/${BROADCAST}/index.m3u8`,
  ])('%s comes back from formatHlsPath() unchanged', (path) => {
    const parsed = parseHlsPath(path)
    expect(parsed && formatHlsPath(parsed)).toBe(path)
  })

  test('strips the viewer token, so that it is never part of a cache key', () => {
    const parsed = parseHlsPath(`/live/~eyJ.abc-_/budi/${BROADCAST}/source/seg.1.m4s`)
    expect(parsed?.token).toBe('eyJ.abc-_')
    expect(parsed && formatHlsPath(parsed)).toBe(`/live/budi/${BROADCAST}/source/seg.1.m4s`)
  })

  test.each([
    '/live/Budi/index.m3u8',
    '/live/../index.m3u8',
    '/live//index.m3u8',
    '/live/budi/index.m3u8/',
    `/live/budi/${BROADCAST}/source/seg.01.m4s`,
    `/live/budi/${BROADCAST}/source/seg.-1.m4s`,
    `/live/budi/${BROADCAST}/source/seg.9999999999.m4s`,
    `/live/budi/${BROADCAST}/source/part.1.m4s`,
    `/live/budi/${BROADCAST}/so.rce/seg.1.m4s`,
    `/live/budi/${BROADCAST}/media.m3u8`,
    `/live/~/budi/index.m3u8`,
    '/vod/budi/index.m3u8',
    `/live/a/b/c/d/e/f/g/h`,
  ])('refuses %s', (path) => {
    expect(parseHlsPath(path)).toBeUndefined()
  })
})

describe('parseDirectives()', () => {
  test('sorts the directives and drops everything else', () => {
    const directives = parseDirectives(
      new URLSearchParams('_HLS_part=2&CMCD=x&_HLS_skip=YES&_HLS_msn=7&token=s'),
    )
    expect(directives && formatDirectives(directives)).toBe('?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES')
  })

  test.each([
    '_HLS_part=1',
    '_HLS_msn=x',
    '_HLS_msn=-1',
    '_HLS_msn=1&_HLS_msn=2',
    '_HLS_skip=NO',
    '_HLS_msn=01',
  ])('refuses %s', (query) => {
    expect(parseDirectives(new URLSearchParams(query))).toBeUndefined()
  })
})
