/**
 * Text as a reader sees it: every character that is drawn like a Latin letter becomes that letter. Pure, and linear in
 * the length of the text. Spelling with look-alikes is how spam passes word lists (donations reference, section 5).
 */

export interface Glyph {
  readonly char: string
  /** `symbol`: is sometimes read as a letter (`@`, `$`). */
  readonly kind: 'letter' | 'digit' | 'symbol' | 'space'
  /** Where it stands in the text, in UTF-16 units. */
  readonly from: number
  readonly to: number
  /** A letter in a styled alphabet: nobody types those on a keyboard. */
  readonly isStyled: boolean
}

/** Letters without a decomposition that look like `a` to `z`: Latin, Greek, Cyrillic, Cherokee, Lisu, small capitals. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'ɑαаᴀᎪꓮ∀',
    b: 'βвьʙᏴꓐ฿ƀ',
    c: 'ϲсᴄᏟꓚ¢ƈ',
    d: 'đɖԁᴅᎠꓓɗ',
    e: 'εеєᴇᎬꓰ€ǝə',
    f: 'ꜰꓝƒ',
    g: 'ɡɢԍᏀꓖɠ',
    h: 'ħһнʜᎻꓧ',
    i: 'ıιіӏɪᎥꓲ¡',
    j: 'јᴊᎫꓙ',
    k: 'κкᴋᏦꓗƙ',
    l: 'łʟⅼᏞꓡ£',
    m: 'мᴍᎷꓟ',
    n: 'ηпɴꓠŋɲ',
    o: 'øοоσᴏꓳɵ๐',
    p: 'ρрᴘᏢꓑƥ',
    q: 'ԛǫ',
    r: 'гʀᎡꓣɾ',
    s: 'ѕꜱᏚꓢ§ʂ',
    t: 'τтᴛᎢꓔŧƭ',
    u: 'υцᴜꓴʉ',
    v: 'νѵᴠᏙꓦ',
    w: 'ωшԝᴡᎳꓪ₩ɯ',
    x: 'χхꓫ×',
    y: 'γуʏүꓬ¥ƴ',
    z: 'ᴢꓜᏃƶ',
    ss: 'ß',
    ae: 'æ',
    oe: 'œ',
  }).flatMap(([letter, likes]) => Array.from(likes).map((like): [string, string] => [like, letter])),
)

const FIRST_FLAG_LETTER = 0x1f1e6
/** Alphabets of letters in circles and squares, and of flags, that NFKC leaves as they are: first code point of each. */
const ENCLOSED = [0x1f150, 0x1f170, FIRST_FLAG_LETTER]
/** Hidden, or drawn over the letter before. */
const INVISIBLE = /[\p{M}\p{Cf}\p{Cc}\u115f\u1160\u2800\u3164\uffa0]/u
const SYMBOLS = new Set('@$!+|')
/** Latin letters that NFKC made of something else, beside the accents of ordinary words. */
const STYLED = /[\u2100-\u214f\u2460-\u24ff\uff21-\uff5a\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f1ff}]/u

export function readGlyphs(text: string): Glyph[] {
  const glyphs: Glyph[] = []
  let at = 0
  let wasFlag = false
  for (const char of text) {
    const from = at
    at += char.length
    // A flag behind a word is no part of it; letters of flags may spell one.
    const isFlag = isFlagLetter(char.codePointAt(0) ?? 0)
    if (isFlag !== wasFlag) glyphs.push({ char: ' ', kind: 'space', from, to: from, isStyled: false })
    wasFlag = isFlag
    for (const each of fold(char)) {
      if (INVISIBLE.test(each)) continue
      glyphs.push({ char: each, kind: kindOf(each), from, to: at, isStyled: STYLED.test(char) })
    }
  }
  return glyphs
}

function isFlagLetter(code: number): boolean {
  return code >= FIRST_FLAG_LETTER && code < FIRST_FLAG_LETTER + 26
}

/** One character is at most a few letters (`ﬃ`); the longest decomposition of Unicode has 18. */
function fold(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x80) return char.toLowerCase()
  const alphabet = ENCLOSED.find((first) => code >= first && code < first + 26)
  if (alphabet !== undefined) return String.fromCodePoint(0x61 + code - alphabet)
  let folded = ''
  for (const each of char.normalize('NFKC').normalize('NFD').toLowerCase())
    folded += LOOK_ALIKES.get(each) ?? each
  return folded
}

function kindOf(char: string): Glyph['kind'] {
  if (/\p{L}/u.test(char)) return 'letter'
  if (/\p{Nd}/u.test(char)) return 'digit'
  return SYMBOLS.has(char) ? 'symbol' : 'space'
}
