import { expect, test } from 'vitest'
import { AddressNotAllowed, parseServerAddress, publicLookup, requirePublic } from './target.ts'

test.each([
  [
    'rtmp://a.rtmp.youtube.com/live2',
    { isSecure: false, host: 'a.rtmp.youtube.com', port: 1935, app: 'live2' },
  ],
  ['rtmps://live.example.com:8443/app/inst/', { isSecure: true, port: 8443, app: 'app/inst' }],
  ['rtmps://live.example.com/app?x=1', { port: 443, app: 'app?x=1' }],
  ['rtmp://[2001:db8::1]/live', { host: '2001:db8::1' }],
])('%s', (url, expected) => {
  expect(parseServerAddress(url)).toMatchObject(expected)
})

test.each([
  '',
  'http://example.com/live',
  'rtmp:///live',
  'rtmp://example.com',
  'rtmp://me:secret@example.com/live',
])('"%s" is no server to forward to', (url) => {
  expect(parseServerAddress(url)).toBeUndefined()
})

test.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fe80::1', '::ffff:192.168.0.1', 'fd00::1'])(
  '%s is not connected to',
  (host) => {
    expect(() => requirePublic(host)).toThrow(AddressNotAllowed)
  },
)

test.each([true, false])('a name that leads to this machine is not connected to (all: %s)', async (all) => {
  const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve))
  expect(error).toBeInstanceOf(AddressNotAllowed)
})
