import { expect, test } from 'vitest'
import { obsLink } from './obs-link.ts'

test('name and size stand in the query, and the key stays behind the number sign', () => {
  const link = new URL(obsLink('https://siaran.contoh.id/overlay/01abc#kunci', 'Overlay & notifikasi'))
  expect(Object.fromEntries(link.searchParams)).toEqual({
    'layer-name': 'Overlay & notifikasi',
    'layer-width': '1920',
    'layer-height': '1080',
  })
  expect(link.pathname).toBe('/overlay/01abc')
  expect(link.hash).toBe('#kunci')
})
