import { expect, test } from 'vitest'
import { isAddress, isPublicAddress } from './public-address.ts'

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
