import { expect, test } from 'vitest'
import { nearestChannels } from './nearest.ts'

const channels = ['dewi', 'klinik-sehat', 'budi-gaming'].map((slug) => ({ slug, title: slug }))

test.each([
  ['/c/dewii', ['dewi']],
  ['/c/Dwei', ['dewi']],
  ['/dewi', ['dewi']],
  ['/c/klinik-sehta/donate', ['klinik-sehat']],
  ['/c/gaming', ['budi-gaming']],
  ['/c/tidak-ada-sama-sekali', []],
  ['/', []],
  ['/donate', []],
  [`/${'x'.repeat(5000)}`, []],
])('%s suggests %j', (path, slugs) => {
  expect(nearestChannels(path, channels).map(({ slug }) => slug)).toEqual(slugs)
})
