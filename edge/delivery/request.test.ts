import { expect, test } from 'vitest'
import { readDeliveryRequest, targetOf, withoutToken } from './request.ts'

const MEDIA = '/live/budi/01j0000000000000000000000a/source/media.m3u8'

test.each([
  ['another order', `${MEDIA}?_HLS_skip=YES&_HLS_part=2&_HLS_msn=7`],
  ['CMCD and tracking', `${MEDIA}?CMCD=br%3D1&_HLS_msn=7&_HLS_part=2&_HLS_skip=YES&utm=x`],
  [
    'a viewer token',
    `/live/~abc.def/budi/01j0000000000000000000000a/source/media.m3u8?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES`,
  ],
])('%s does not change the key', (_name, target) => {
  expect(readDeliveryRequest(target).key).toBe(`${MEDIA}?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES`)
})

test('what is not a media playlist has no query in its key', () => {
  expect(readDeliveryRequest('/live/budi/index.m3u8?_HLS_msn=1&CMCD=x').key).toBe('/live/budi/index.m3u8')
})

test.each([
  ['_HLS_part without _HLS_msn', `${MEDIA}?_HLS_part=1`, 'bad_request'],
  ['a directive given twice', `${MEDIA}?_HLS_msn=1&_HLS_msn=2`, 'bad_request'],
  ['a path that climbs', '/live/budi/../index.m3u8', 'not_found'],
  ['an encoded slug', '/live/b%75di/index.m3u8', 'not_found'],
  ['a video', '/vod/01j0000000000000000000000a/index.m3u8', 'not_found'],
])('%s is refused', (_name, target, code) => {
  expect(() => readDeliveryRequest(target)).toThrowError(expect.objectContaining({ code }))
})

test('targetOf() keeps path and query', () => {
  expect(targetOf(`http://tv.example:8080${MEDIA}?_HLS_msn=7`)).toBe(`${MEDIA}?_HLS_msn=7`)
})

test.each([
  ['without one', MEDIA, MEDIA],
  ['with one', `/live/~abc.def-1_2${MEDIA.slice('/live'.length)}`, MEDIA],
  ['with two', `/live/~a/~b/budi/index.m3u8`, '/live/~b/budi/index.m3u8'],
  ['with nothing behind it', '/live/~a', '/live/~a'],
])('withoutToken() %s', (_name, target, key) => {
  expect(withoutToken(target)).toBe(key)
})
