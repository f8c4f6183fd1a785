import { expect, it } from 'vitest'
import { groupsOf, larixAddress, phoneAddress } from './phone-address.ts'

const connection = {
  server: 'rtmp://tv.example.org:1936/live',
  streamKey: 'abcd2345efgh',
  name: 'HP & tablet',
}

it('phoneAddress() is what any RTMP app takes', () => {
  expect(phoneAddress(connection)).toBe('rtmp://tv.example.org:1936/live/abcd2345efgh')
})

it('larixAddress() carries the address and the name escaped', () => {
  expect(larixAddress(connection)).toBe(
    'larix://set/v1?conn[][url]=rtmp%3A%2F%2Ftv.example.org%3A1936%2Flive%2Fabcd2345efgh&conn[][name]=HP%20%26%20tablet&conn[][overwrite]=on',
  )
})

it('groupsOf() leaves nothing out', () => {
  expect(groupsOf('abcdefghij')).toEqual(['abcd', 'efgh', 'ij'])
  expect(groupsOf('')).toEqual([])
})
