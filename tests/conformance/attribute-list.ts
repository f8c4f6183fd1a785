/** Attribute lists (RFC 8216bis, 4.2): which attributes a tag knows, and of what type each is. */

/** A playlist that cannot be read at all. `rule` is the name of the rule that it breaks. */
export class PlaylistError extends Error {
  override readonly name = 'PlaylistError'
  readonly rule: string

  constructor(rule: string, detail: string) {
    super(`${rule}: ${detail}`)
    this.rule = rule
  }
}

type AttributeType = 'date' | 'own' | 'string' | 'integer' | 'decimal' | 'yes' | 'word' | 'size'

const PATTERNS: Readonly<Record<AttributeType, RegExp>> = {
  date: /^"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})"$/,
  string: /^"[^"\r\n]*"$/,
  /** Of a client's own attribute, whose name begins with `X-`. */
  own: /^(?:"[^"\r\n]*"|0[xX][0-9A-Fa-f]+|\d+(?:\.\d+)?)$/,
  integer: /^\d{1,20}$/,
  decimal: /^\d+(?:\.\d+)?$/,
  yes: /^YES$/,
  word: /^[^",\s]+$/,
  size: /^[1-9]\d*x[1-9]\d*$/,
}

const KNOWN: Readonly<Record<string, Readonly<Record<string, AttributeType>>>> = {
  '#EXT-X-SERVER-CONTROL': {
    'CAN-BLOCK-RELOAD': 'yes',
    'HOLD-BACK': 'decimal',
    'PART-HOLD-BACK': 'decimal',
    'CAN-SKIP-UNTIL': 'decimal',
    'CAN-SKIP-DATERANGES': 'yes',
  },
  '#EXT-X-PART-INF': { 'PART-TARGET': 'decimal' },
  '#EXT-X-SKIP': { 'SKIPPED-SEGMENTS': 'integer' },
  '#EXT-X-MAP': { URI: 'string' },
  '#EXT-X-PART': { DURATION: 'decimal', URI: 'string', INDEPENDENT: 'yes', GAP: 'yes' },
  '#EXT-X-PRELOAD-HINT': { TYPE: 'word', URI: 'string' },
  '#EXT-X-DATERANGE': { ID: 'string', CLASS: 'string', 'START-DATE': 'date', DURATION: 'decimal' },
  '#EXT-X-RENDITION-REPORT': { URI: 'string', 'LAST-MSN': 'integer', 'LAST-PART': 'integer' },
  '#EXT-X-STREAM-INF': {
    BANDWIDTH: 'integer',
    'AVERAGE-BANDWIDTH': 'integer',
    CODECS: 'string',
    RESOLUTION: 'size',
    'FRAME-RATE': 'decimal',
    'VIDEO-RANGE': 'word',
    AUDIO: 'string',
  },
  '#EXT-X-MEDIA': {
    TYPE: 'word',
    'GROUP-ID': 'string',
    NAME: 'string',
    URI: 'string',
    LANGUAGE: 'string',
    DEFAULT: 'word',
    AUTOSELECT: 'word',
    CHANNELS: 'string',
  },
}

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)/y

/** @returns values without their quotes. @throws PlaylistError */
export function readAttributes(tag: string, text: string): Record<string, string> {
  const broken = (detail: string) => new PlaylistError('attribute lists are well formed', `${tag} ${detail}`)
  const known = KNOWN[tag] ?? {}
  const attributes: Record<string, string> = {}
  let at = 0
  while (at < text.length) {
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(text)
    if (!match) throw broken(`cannot be read at "${text.slice(at)}"`)
    const [whole, name = '', value = ''] = match
    const isOwn = tag === '#EXT-X-DATERANGE' && name.startsWith('X-')
    const type = isOwn ? 'own' : known[name]
    if (type === undefined) throw broken(`has no attribute ${name}`)
    if (Object.hasOwn(attributes, name)) throw broken(`has ${name} twice`)
    if (!PATTERNS[type].test(value)) throw broken(`has a ${name} that is no ${type}: ${value}`)
    attributes[name] = value.replace(/^"(.*)"$/, '$1')
    at += whole.length
  }
  if (text === '' || text.endsWith(',')) throw broken('is empty or ends in a comma')
  return attributes
}

/** @throws PlaylistError when the tag lacks one of them */
export function requireAttributes<Name extends string>(
  tag: string,
  text: string,
  names: readonly Name[],
): Record<string, string> & Record<Name, string> {
  const attributes = readAttributes(tag, text)
  const hasAll = (read: Record<string, string>): read is Record<string, string> & Record<Name, string> =>
    names.every((name) => read[name] !== undefined)
  if (hasAll(attributes)) return attributes
  throw new PlaylistError('tags have the attributes they need', `${tag} needs ${names.join(' and ')}`)
}
