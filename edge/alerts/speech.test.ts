import { expect, test } from 'vitest'
import * as v from 'valibot'
import { Alert } from '../../shared/contracts/alerts.ts'
import { SPEECH_MAX_CHARS } from '../../shared/speech.ts'
import { isSpoken, wordsOf } from './speech.ts'

function alert(changes: object = {}): Alert {
  return v.parse(Alert, {
    id: '01jd3v2k8m0000000000000001',
    kind: 'donation',
    senderName: 'Bu Rini',
    message: 'Semangat!',
    template: '{nama} berdonasi {jumlah}',
    amountRupiah: 25_000,
    durationMs: 8_000,
    imageUrl: null,
    soundUrl: null,
    look: { speech: { isOn: true, minimumRupiah: 20_000 } },
    lateCount: null,
    createdAt: 0,
    ...changes,
  })
}

test('the amount is spoken in words, the message behind the template or in its place', () => {
  expect(wordsOf(alert(), 'id')).toBe('Bu Rini berdonasi dua puluh lima ribu rupiah. Semangat!')
  expect(wordsOf(alert({ template: '{pesan} kata {nama}', senderName: null }), 'en')).toBe(
    'Semangat! kata Someone',
  )
  expect(wordsOf(alert({ template: 'x'.repeat(200), message: 'y'.repeat(400) }), 'id')).toHaveLength(
    SPEECH_MAX_CHARS,
  )
})

test('only what is large enough is spoken, and never the line of late ones', () => {
  expect(isSpoken(alert())).toBe(true)
  expect(isSpoken(alert({ amountRupiah: 19_999 }))).toBe(false)
  expect(isSpoken(alert({ lateCount: 3 }))).toBe(false)
  expect(isSpoken(alert({ look: {} }))).toBe(false)
})
