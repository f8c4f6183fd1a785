import { expect, it } from 'vitest'
import { presetChanges } from './preset.ts'

it.each([
  ['streamers', ['aula'], { donationsEnabled: true, homeChannel: null }],
  ['organisation', ['aula'], { donationsEnabled: false, homeChannel: 'aula' }],
  ['organisation', [], { donationsEnabled: false, homeChannel: null }],
  ['organisation', ['aula', 'kelas'], { donationsEnabled: false, homeChannel: null }],
] as const)('%s with %j', (preset, slugs, expected) => {
  expect(presetChanges(preset, slugs)).toEqual({ preset, ...expected })
})
