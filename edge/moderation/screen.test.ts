import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ModerationRules } from '../../shared/contracts/moderation.ts'
import { ADVERTS, ORDINARY } from './corpus.ts'
import { screen } from './screen.ts'

const DEFAULT = v.parse(ModerationRules, {})
const rules = (changes: Partial<ModerationRules>): ModerationRules => ({ ...DEFAULT, ...changes })
const read = (message: string, changes: Partial<ModerationRules> = {}, more = {}) =>
  screen({ senderName: 'Rini', message, amountRupiah: 25_000, ...more }, rules(changes), [])

describe('advertisements for gambling are held', () => {
  test.each(ADVERTS)('%s', (advert) => {
    expect(read(advert).heldFor).toContain('gambling')
  })

  test.each(ADVERTS.filter((advert) => advert.length <= 40))('as a name: %s', (advert) => {
    expect(read('semangat bang', {}, { senderName: advert }).heldFor).toContain('gambling')
  })
})

describe('what people really write passes as it is', () => {
  test.each(ORDINARY)('%s', (message) => {
    const { heldFor, shown } = read(message)
    expect({ heldFor, message: shown.message }).toEqual({ heldFor: [], message })
  })
})

describe('a listed word is found', () => {
  test.each([
    'kroket',
    'KROKET',
    'krrrokeeet',
    'k r o k e t',
    'k.r.o.k.e.t',
    'k-r_o/k*e~t',
    'kro ket',
    'kr0k3t',
    'KR0K3T!!!',
    'kroket77',
    'kroketnya',
    'k\u200br\u200bo\u200dk\u2060e\u00adt',
    'ｋｒｏｋｅｔ',
    '𝗸𝗿𝗼𝗸𝗲𝘁',
    '𝓀𝓇ℴ𝓀ℯ𝓉',
    'ⓚⓡⓞⓚⓔⓣ',
    '🅺🆁🅾🅺🅴🆃',
    '🇰🇷🇴🇰🇪🇹',
    'ᴋʀᴏᴋᴇᴛ',
    'кrокеt',
    'k̶r̶o̶k̶e̶t̶',
    'króḱét',
    'k🔥r🔥o🔥k🔥e🔥t',
  ])('%s', (message) => {
    expect(read(`beli ${message} yuk`, { blocked: ['Kroket'] }).heldFor).toEqual(['blocked'])
    expect(read(`beli ${message} yuk`, { blocked: ['Kroket'], blockedWords: 'mask' }).shown.message).toMatch(
      /^beli \*\*\*\W* ?yuk$/,
    )
  })

  test('and no other word is', () => {
    for (const message of ['good luck', 'kelas', 'assalamualaikum', 'Scunthorpe', 'tailor', 'tas ku'])
      expect(read(message, { blocked: ['god', 'ass', 'cunt', 'tai', 'as', 'as ku'] }).heldFor).toEqual([])
    expect(read('a.*b', { blocked: ['.*', '(a+)+$', '['] }).heldFor).toEqual([])
  })

  test('also when it is a number, several words or of another script', () => {
    expect(read('pilih 02 ya', { blocked: ['02'] }).heldFor).toEqual(['blocked'])
    expect(read('ayo pilih  nomor dua!', { blocked: ['nomor dua'] }).heldFor).toEqual(['blocked'])
    expect(read('это спам', { blocked: ['СПАМ'] }).heldFor).toEqual(['blocked'])
    expect(read('これはスパムです スパム', { blocked: ['スパム'] }).heldFor).toEqual(['blocked'])
  })
})

describe('rules', () => {
  test('mask covers the word in name and message, and nothing else', () => {
    const { heldFor, shown } = read('dasar 4nj1ng lu', {}, { senderName: 'B4ngsat 77' })
    expect(heldFor).toEqual([])
    expect(shown).toEqual({ senderName: '*** 77', message: 'dasar *** lu' })
  })

  test('hold keeps both: what is said and what is left when masked', () => {
    const { heldFor, shown, masked } = read('slot gacor, anjing')
    expect(heldFor).toEqual(['gambling'])
    expect(shown.message).toBe('slot gacor, ***')
    expect(masked.message).toBe('***, ***')
  })

  test('pass looks the other way', () => {
    expect(read('slot gacor maxwin', { gambling: 'pass' }).heldFor).toEqual([])
    expect(read('anjing', { profanity: 'pass' }).shown.message).toBe('anjing')
  })

  test('an allowed word overrules all but the list of the site', () => {
    expect(read('slot gacor', { allowed: ['gacor'] }).heldFor).toEqual([])
    expect(read('kroket', { allowed: ['kroket'], blocked: ['kroket'] }).heldFor).toEqual([])
    const ofSite = screen(
      { senderName: null, message: 'kroket', amountRupiah: 1 },
      rules({ allowed: ['kroket'] }),
      ['kroket'],
    )
    expect(ofSite.heldFor).toEqual(['site'])
  })

  test('holds everything when asked to, and says nothing else of it', () => {
    const { heldFor, shown, masked } = read('halo', { holdsAll: true })
    expect(heldFor).toEqual(['everything'])
    expect(masked).toEqual(shown)
  })

  test('a large amount makes one sign enough', () => {
    expect(read('gacor bang').heldFor).toEqual([])
    expect(read('gacor bang', {}, { amountRupiah: 1_000_000 }).heldFor).toEqual(['gambling'])
  })

  test('name and message are weighed together', () => {
    expect(read('main slot dulu', {}, { senderName: 'budi88' }).heldFor).toEqual(['gambling'])
    expect(read('semangat', {}, { senderName: 'budi88' }).heldFor).toEqual([])
  })

  test('nobody is somebody', () => {
    expect(screen({ senderName: null, message: null, amountRupiah: 1 }, DEFAULT, ['x'])).toEqual({
      heldFor: [],
      shown: { senderName: null, message: null },
      masked: { senderName: null, message: null },
    })
  })
})

describe('addresses are never shown', () => {
  test.each([
    'https://contoh.example/a?b=c',
    'http://10.0.0.1',
    'www.contoh.example',
    'contoh.com',
    'CONTOH.CO.ID/promo',
    'bit.ly/abc',
    't.me/kanal',
    'ｃｏｎｔｏｈ．ｃｏｍ',
    'contoh。com',
    'contoh[.]com',
    'contoh(dot)com',
    'contoh dot com',
    'contoh titik xyz',
    '(contoh.com)',
    'rini@contoh.com',
    '192.168.1.1:8080/x',
    'discord.gg/abc',
    'javascript://x',
    'linktr.ee/kanal',
    'contoh88.bet',
    'contoh.skin',
    'contoh.c0m',
    'contoh.сом',
    'contoh.ᴄᴏᴍ',
    'contoh•com',
    'contoh,com',
    'contoh (titik) com',
    'contoh.xn--p1ai',
  ])('%s', (link) => {
    const { shown, heldFor } = read(`cek ${link} ya`)
    expect(shown.message).toBe('cek [link] ya')
    expect(heldFor).toEqual([])
    expect(read(`cek ${link} ya`, { links: 'hold' }).heldFor).toEqual(['link'])
    expect(read('halo', {}, { senderName: link }).shown.senderName).toBe('[link]')
  })

  test('nor when the streamer lets a held alert go', () => {
    expect(read('slot gacor contoh.com').shown.message).toBe('slot gacor [link]')
  })
})

test('any text is read in time that grows with its length, and what is covered is all that is lost', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 250 }),
    fc.string({
      unit: fc.constantFrom('a', 'A', ' ', '.', '1', '!', '@', '\u0301', 'ﬃ', 'ﷺ', '🇮'),
      maxLength: 250,
    }),
  )
  fc.assert(
    fc.property(nasty, fc.array(nasty, { maxLength: 5 }), (message, blocked) => {
      const { shown, masked } = read(message, { blocked, blockedWords: 'mask' })
      const pieces = (shown.message ?? '').split(/\*\*\*|\[link\]/)
      let at = 0
      for (const piece of pieces) {
        const found = message.indexOf(piece, at)
        expect(found).toBeGreaterThanOrEqual(at)
        at = found + piece.length
      }
      expect((masked.message ?? '').length).toBeLessThanOrEqual(message.length + 1_500)
    }),
  )
})
