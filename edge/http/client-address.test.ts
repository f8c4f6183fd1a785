import { expect, test } from 'vitest'
import { clientAddressOf } from './client-address.ts'

const direct = (address: string | undefined) =>
  clientAddressOf({ address, forwardedFor: undefined, trustedProxies: 0 })
const forwarded = (trustedProxies: number, forwardedFor: string | undefined, address = '10.0.0.1') =>
  clientAddressOf({ address, forwardedFor, trustedProxies })

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [undefined, 'unknown'],
  ['', 'unknown'],
])('%s counts as %s', (address, counted) => {
  expect(direct(address)).toBe(counted)
})

test('nobody chooses their own address without a proxy that is trusted', () => {
  expect(forwarded(0, '198.51.100.9')).toBe('10.0.0.1')
})

test('behind proxies only what they added counts', () => {
  expect(forwarded(1, '1.1.1.1, 198.51.100.9')).toBe('198.51.100.9')
  expect(forwarded(2, '1.1.1.1, 198.51.100.9, 10.0.0.2')).toBe('198.51.100.9')
  expect(forwarded(1, '1.1.1.1,[2001:db8:1:2::9]:4711')).toBe('2001:db8:1:2::/64')
  expect(forwarded(1, `${'9'.repeat(100_000)}, 198.51.100.9:80`)).toBe('198.51.100.9')
})

test.each([undefined, '', 'unknown', '999.1.1.1', '[::1', 'a,b,c', '::1/64'])(
  'a proxy that names nobody (%j) is counted itself',
  (header) => {
    expect(forwarded(1, header)).toBe('10.0.0.1')
  },
)
