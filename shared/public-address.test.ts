import { expect, test } from 'vitest'
import { isAddress, isPublicAddress, publicV4Networks } from './public-address.ts'

test.each([
  '127.0.0.1',
  '127.255.255.255',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:10.0.0.1',
  '64:ff9b::10.0.0.1',
  '2001:db8::1',
  '2001:0:1::1',
  '2002:7f00:1::',
])('%s is not public', (address) => {
  expect(isAddress(address)).toBe(true)
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  '8.8.8.8',
  '11.0.0.0',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.1.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001:82a::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))

test.each([
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '1:2:3',
  '1::2::3',
  '1:2:3:4:5:6:7:8:9',
  'g::1',
  '::1.2.3.400',
  '1:2:3:4:5:6:7::8:9',
])('%j is no address', (text) => {
  expect(isAddress(text)).toBe(false)
  expect(isPublicAddress(text)).toBe(false)
})

test('the public networks hold what is public and nothing else', () => {
  const networks = publicV4Networks()
  expect(networks.slice(0, 3)).toEqual(['1.0.0.0/8', '2.0.0.0/7', '4.0.0.0/6'])
  expect(networks.length).toBeLessThan(150)
  const numberOf = (address: string) => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
  const isWithin = (address: string) =>
    networks.some((network) => {
      const [first = '', prefix = ''] = network.split('/')
      const at = numberOf(address) - numberOf(first)
      return at >= 0 && at < 2 ** (32 - Number(prefix))
    })
  for (const start of networks.map((network) => numberOf(network.split('/')[0] ?? '')))
    for (const at of [start - 1, start]) {
      const address = [24, 16, 8, 0].map((bits) => Math.floor(at / 2 ** bits) % 256).join('.')
      expect([address, isWithin(address)]).toEqual([address, isPublicAddress(address)])
    }
})
