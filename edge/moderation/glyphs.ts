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

/**
 * Letters without a decomposition that look like `a` to `z`: Latin, Greek, Cyrillic, Cherokee, Lisu, small capitals, and
 * what generators of "fancy text" take from other scripts.
 */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'ɑαаᴀᎪꓮ∀ʌλᗩɐᏗ卂',
    b: 'βвьʙᏴꓐ฿ƀᗷ乃',
    c: 'ϲсᴄᏟꓚ¢ƈςᑕ匚',
    d: 'đɖԁᴅᎠꓓɗᗪ',
    e: 'εеєᴇᎬꓰ€ǝəᗴᕮ乇',
    f: 'ꜰꓝƒᖴ千',
    g: 'ɡɢԍᏀꓖɠᎶցᵹ',
    h: 'ħһнʜᎻꓧᕼ卄',
    i: 'ıιіӏɪᎥꓲ¡ᏆꙆ丨',
    j: 'јᴊᎫꓙᒍ',
    k: 'κкᴋᏦꓗƙᛕҝ',
    l: 'łʟⅼᏞꓡ£ᒪㄥ',
    m: 'мᴍᎷꓟɱᗰ爪',
    n: 'ηпɴꓠŋɲᏁᑎ几ղи',
    o: 'øοоσᴏꓳɵ๐Ꮎօㄖ⭕〇',
    p: 'ρрᴘᏢꓑƥᑭ卩',
    q: 'ԛǫɋᑫ',
    r: 'гʀᎡꓣɾяᏒᖇ尺ɹɼ',
    s: 'ѕꜱᏚꓢ§ʂƨᔕ丂ᵴ',
    t: 'τтᴛᎢꓔŧƭㄒʇ',
    u: 'υцᴜꓴʉᑌㄩս',
    v: 'νѵᴠᏙꓦᐯ',
    w: 'ωшԝᴡᎳꓪ₩ɯᗯ山щա',
    x: 'χхꓫ×᙭乂',
    y: 'γуʏүꓬ¥ƴㄚʎ',
    z: 'ᴢꓜᏃƶᘔ乙',
    ss: 'ß',
    ae: 'æ',
    oe: 'œ',
  }).flatMap(([letter, likes]) =>
    // What is looked up is in small letters, which Cherokee has too.
    Array.from(likes.toLowerCase()).map((like): [string, string] => [like, letter]),
  ),
)

/** Greek capitals that look like another letter than the small ones do. */
const CAPITALS: ReadonlyMap<string, string> = new Map(Object.entries({ Ν: 'n', Η: 'h', Υ: 'y', Ζ: 'z' }))

const FIRST_FLAG_LETTER = 0x1f1e6
/** Alphabets of letters in circles and squares, and of flags, that NFKC leaves as they are: first code point of each. */
const ENCLOSED = [0x1f150, 0x1f170, FIRST_FLAG_LETTER]
/** Digits in circles that NFKC leaves as they are: first code point of `1` to `9` each. */
const ENCLOSED_DIGITS = [0x24f5, 0x2776, 0x2780, 0x278a]
const ENCLOSED_ZEROS = '⓿🄋🄌'
/** Hidden, or drawn over the letter before. */
const INVISIBLE = /[\p{M}\p{Cf}\p{Cc}\u115f\u1160\u2800\u3164\uffa0]/u
const SYMBOLS = new Set('@$!+|')
/** Latin letters that NFKC made of something else, beside the accents of ordinary words. */
const STYLED = /[\u2100-\u214f\u2460-\u24ff\uff21-\uff5a\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f1ff}]/u

type Drawn = Pick<Glyph, 'char' | 'kind' | 'isStyled'>
/** Texts are written in few characters. Emptied when full. */
const READ_BEFORE = new Map<string, readonly Drawn[]>()
const MAX_READ_BEFORE = 2_000

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
    for (const each of readChar(char)) {
      // Two of them are drawn like one `w`.
      const last = glyphs.at(-1)
      if (each.char === 'v' && last?.char === 'v' && last.to === from)
        glyphs[glyphs.length - 1] = { ...last, char: 'w', to: at }
      else glyphs.push({ ...each, from, to: at })
    }
  }
  return glyphs
}

function readChar(char: string): readonly Drawn[] {
  const known = READ_BEFORE.get(char)
  if (known) return known
  const drawn = Array.from(fold(char))
    .filter((each) => !INVISIBLE.test(each))
    .map((each) => ({ char: each, kind: kindOf(each), isStyled: STYLED.test(char) }))
  if (READ_BEFORE.size >= MAX_READ_BEFORE) READ_BEFORE.clear()
  READ_BEFORE.set(char, drawn)
  return drawn
}

function isFlagLetter(code: number): boolean {
  return code >= FIRST_FLAG_LETTER && code < FIRST_FLAG_LETTER + 26
}

/** The text in the letters that it looks like. */
export function foldLetters(text: string): string {
  return Array.from(text, fold).join('')
}

/** One character is at most a few letters (`ﬃ`); the longest decomposition of Unicode has 18. */
function fold(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x80) return char.toLowerCase()
  const alphabet = ENCLOSED.find((first) => code >= first && code < first + 26)
  if (alphabet !== undefined) return String.fromCodePoint(0x61 + code - alphabet)
  const digits = ENCLOSED_DIGITS.find((first) => code >= first && code < first + 9)
  if (digits !== undefined) return String(1 + code - digits)
  if (ENCLOSED_ZEROS.includes(char)) return '0'
  let folded = ''
  for (const each of char.normalize('NFKC').normalize('NFD'))
    folded += CAPITALS.get(each) ?? foldLetter(each.toLowerCase())
  return folded
}

function foldLetter(char: string): string {
  return LOOK_ALIKES.get(char) ?? (DIGIT.test(char) ? String(digitOf(char)) : char)
}

const DIGIT = /\p{Nd}/u

/** Of any script: Unicode has them in rows of ten, beginning with zero. */
function digitOf(char: string): number {
  const code = char.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--
  return code - zero
}

function kindOf(char: string): Glyph['kind'] {
  if (/\p{L}/u.test(char)) return 'letter'
  if (DIGIT.test(char)) return 'digit'
  return SYMBOLS.has(char) ? 'symbol' : 'space'
}
