import { expect, test } from 'vitest'
import { isAllowedTarget } from './rules.ts'

const ownUrls = ['https://tv.example.org', 'rtmp://masuk.example.org:1936/live']
const allowed = (url: string, mayUsePrivate = false) => isAllowedTarget(url, { ownUrls, mayUsePrivate })

test.each([
  'rtmp://a.rtmp.youtube.com/live2',
  'rtmps://live-api-s.facebook.com:443/rtmp/',
  'rtmp://8.8.8.8:1935/app/instance',
  'rtmp://[2606:4700::1111]/app',
])('%s is a target', (url) => expect(allowed(url)).toBe(true))

test.each([
  ['loopback', 'rtmp://127.0.0.1/live'],
  ['loopback in short', 'rtmp://127.1/live'],
  ['loopback as a number', 'rtmp://2130706433/live'],
  ['loopback in hexadecimal', 'rtmp://0x7f.0.0.1/live'],
  ['loopback by name', 'rtmp://localhost/live'],
  ['loopback by name, with a dot', 'rtmp://LOCALHOST./live'],
  ['loopback of IPv6', 'rtmp://[::1]/live'],
  ['loopback in the dress of IPv6', 'rtmp://[::ffff:127.0.0.1]/live'],
  ['the metadata of a cloud', 'rtmp://169.254.169.254/latest'],
  ['a home network', 'rtmps://192.168.1.10/live'],
  ['a name of the local network', 'rtmp://nas.local/live'],
  ['a bare name', 'rtmp://database/live'],
  ['another port of our own host', 'rtmp://masuk.example.org/live'],
  ['our own pages', 'rtmp://tv.example.org/live'],
])('%s is refused', (_, url) => expect(allowed(url)).toBe(false))

test('with private targets allowed only our own ingest is refused', () => {
  expect(allowed('rtmp://127.0.0.1:1940/live', true)).toBe(true)
  expect(allowed('rtmp://nas.local/live', true)).toBe(true)
  expect(allowed('rtmp://masuk.example.org/live', true)).toBe(true)
  expect(allowed('rtmp://MASUK.example.org.:1936/anything', true)).toBe(false)
})

test.each([
  '',
  'rtmp://',
  'http://',
  'rtmp:///live',
  'rtmp://name:secret@a.example.org/live',
  'srt://a.example.org/x',
  'rtmp://a.example.org:0/live',
  'rtmps://a.example.org:00000/live',
])('%j is no target', (url) => expect(allowed(url, true)).toBe(false))
