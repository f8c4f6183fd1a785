import { expect, it } from 'vitest'
import { changes } from './changes.ts'

it('names only what differs, also when the new value is empty', () => {
  const before = { title: 'Dewi', memo: 'Resep', isOn: true, home: 'dewi' as string | null }
  expect(changes(before, { ...before })).toEqual({})
  expect(changes(before, { title: 'Dewi', memo: '', isOn: false, home: null })).toEqual({
    memo: '',
    isOn: false,
    home: null,
  })
})
