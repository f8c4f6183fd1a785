/** A strict reader of media and multivariant playlists (RFC 8216bis): what it does not know, it refuses. */

export class PlaylistError extends Error {
  override readonly name = 'PlaylistError'
}

export interface PartTag {
  readonly uri: string
  readonly duration: number
  readonly isIndependent: boolean
  readonly isGap: boolean
}

export interface SegmentTag {
  readonly msn: number
  readonly uri: string
  readonly duration: number
  readonly isDiscontinuous: boolean
  /** URI of the EXT-X-MAP in force. */
  readonly map: string | undefined
  readonly parts: readonly PartTag[]
  readonly programDateTime: number | undefined
}

export interface MediaPlaylist {
  readonly version: number
  readonly targetDuration: number
  readonly partTarget: number | undefined
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly hasIndependentSegments: boolean
  readonly isEnded: boolean
  readonly serverControl: Readonly<Record<string, string>>
  readonly skippedSegments: number
  readonly segments: readonly SegmentTag[]
  /** Parts of the segment that is not whole yet. */
  readonly openParts: readonly PartTag[]
  readonly preloadHint: string | undefined
  /** Of the next segment. */
  readonly openMap: string | undefined
}

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)/y

export function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  ATTRIBUTE.lastIndex = 0
  let at = 0
  while (at < text.length) {
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(text)
    if (!match) throw new PlaylistError(`Cannot read attributes at "${text.slice(at)}"`)
    const [whole, name = '', value = ''] = match
    if (Object.hasOwn(attributes, name)) throw new PlaylistError(`Attribute ${name} is there twice`)
    attributes[name] = value.startsWith('"') ? value.slice(1, -1) : value
    at += whole.length
  }
  return attributes
}

function linesOf(text: string): string[] {
  if (text.charCodeAt(0) === 0xfeff) throw new PlaylistError('A playlist must not begin with a BOM')
  const lines = text.split(/\r?\n/)
  if (lines[0] !== '#EXTM3U') throw new PlaylistError('The first line must be #EXTM3U')
  if (!text.endsWith('\n')) throw new PlaylistError('The last line must end: the playlist was cut')
  return lines.slice(1).filter((line) => line !== '')
}

function decimal(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d+(?:\.\d+)?$/.test(text))
    throw new PlaylistError(`${what} is not a decimal number: ${text}`)
  return Number(text)
}

function integer(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d{1,20}$/.test(text))
    throw new PlaylistError(`${what} is not a decimal integer: ${text}`)
  return Number(text)
}

export function readMediaPlaylist(text: string): MediaPlaylist {
  const once = new Map<string, string>()
  const segments: SegmentTag[] = []
  let parts: PartTag[] = []
  let skippedSegments = 0
  let extinf: number | undefined
  let isDiscontinuous = false
  let map: string | undefined
  let programDateTime: number | undefined
  let preloadHint: string | undefined
  let isEnded = false

  for (const line of linesOf(text)) {
    if (!line.startsWith('#')) {
      if (extinf === undefined) throw new PlaylistError(`URI without EXTINF: ${line}`)
      const msn = integer(once.get('#EXT-X-MEDIA-SEQUENCE') ?? '0', 'EXT-X-MEDIA-SEQUENCE')
      segments.push({
        msn: msn + skippedSegments + segments.length,
        uri: line,
        duration: extinf,
        isDiscontinuous,
        map,
        parts,
        programDateTime,
      })
      extinf = undefined
      isDiscontinuous = false
      programDateTime = undefined
      parts = []
      continue
    }
    if (!line.startsWith('#EXT')) continue
    const colon = line.indexOf(':')
    const tag = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1)
    if (isEnded) throw new PlaylistError(`${tag} after EXT-X-ENDLIST`)
    switch (tag) {
      case '#EXTINF': {
        extinf = decimal(value.split(',')[0], 'EXTINF')
        if (!value.includes(',')) throw new PlaylistError('EXTINF needs a comma after the duration')
        break
      }
      case '#EXT-X-VERSION':
      case '#EXT-X-TARGETDURATION':
      case '#EXT-X-MEDIA-SEQUENCE':
      case '#EXT-X-DISCONTINUITY-SEQUENCE':
      case '#EXT-X-PART-INF':
      case '#EXT-X-SERVER-CONTROL':
      case '#EXT-X-INDEPENDENT-SEGMENTS':
        if (once.has(tag)) throw new PlaylistError(`${tag} is there twice`)
        if (segments.length + skippedSegments > 0 || parts.length > 0)
          throw new PlaylistError(`${tag} must stand before the first segment`)
        once.set(tag, value)
        break
      case '#EXT-X-SKIP':
        skippedSegments = integer(readAttributes(value)['SKIPPED-SEGMENTS'], 'SKIPPED-SEGMENTS')
        break
      case '#EXT-X-MAP': {
        map = readAttributes(value)['URI']
        if (map === undefined) throw new PlaylistError('EXT-X-MAP needs a URI')
        break
      }
      case '#EXT-X-PART':
        parts.push(readPart(value))
        break
      case '#EXT-X-PRELOAD-HINT': {
        const { TYPE: type, URI: uri } = readAttributes(value)
        if (type === undefined || uri === undefined)
          throw new PlaylistError('EXT-X-PRELOAD-HINT needs TYPE and URI')
        if (type === 'PART') preloadHint = uri
        break
      }
      case '#EXT-X-DISCONTINUITY':
        isDiscontinuous = true
        break
      case '#EXT-X-PROGRAM-DATE-TIME':
        programDateTime = Date.parse(value)
        if (Number.isNaN(programDateTime)) throw new PlaylistError(`Not a date: ${value}`)
        break
      case '#EXT-X-ENDLIST':
        isEnded = true
        break
      case '#EXT-X-RENDITION-REPORT':
        readAttributes(value)
        break
      default:
        throw new PlaylistError(`Unknown tag ${tag}`)
    }
  }
  if (extinf !== undefined) throw new PlaylistError('EXTINF without a URI')
  const partInf = once.get('#EXT-X-PART-INF')
  return {
    version: integer(once.get('#EXT-X-VERSION') ?? '1', 'EXT-X-VERSION'),
    targetDuration: integer(once.get('#EXT-X-TARGETDURATION'), 'EXT-X-TARGETDURATION'),
    partTarget:
      partInf === undefined ? undefined : decimal(readAttributes(partInf)['PART-TARGET'], 'PART-TARGET'),
    mediaSequence: integer(once.get('#EXT-X-MEDIA-SEQUENCE') ?? '0', 'EXT-X-MEDIA-SEQUENCE'),
    discontinuitySequence: integer(
      once.get('#EXT-X-DISCONTINUITY-SEQUENCE') ?? '0',
      'discontinuity sequence',
    ),
    hasIndependentSegments: once.has('#EXT-X-INDEPENDENT-SEGMENTS'),
    isEnded,
    serverControl: readAttributes(once.get('#EXT-X-SERVER-CONTROL') ?? ''),
    skippedSegments,
    segments,
    openParts: parts,
    preloadHint,
    openMap: map,
  }
}

function readPart(value: string): PartTag {
  const { URI: uri, DURATION: duration, INDEPENDENT: independent, GAP: gap } = readAttributes(value)
  if (uri === undefined) throw new PlaylistError('EXT-X-PART needs a URI')
  for (const flag of [independent, gap])
    if (flag !== undefined && flag !== 'YES') throw new PlaylistError(`A flag of EXT-X-PART is ${flag}`)
  return {
    uri,
    duration: decimal(duration, 'DURATION of EXT-X-PART'),
    isIndependent: independent === 'YES',
    isGap: gap === 'YES',
  }
}

export interface Variant {
  readonly uri: string
  readonly attributes: Readonly<Record<string, string>>
}

export function readMultivariantPlaylist(text: string): Variant[] {
  const variants: Variant[] = []
  let pending: Record<string, string> | undefined
  for (const line of linesOf(text)) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) {
      pending = readAttributes(line.slice(line.indexOf(':') + 1))
      integer(pending['BANDWIDTH'], 'BANDWIDTH')
    } else if (!line.startsWith('#')) {
      if (!pending) throw new PlaylistError(`URI without EXT-X-STREAM-INF: ${line}`)
      variants.push({ uri: line, attributes: pending })
      pending = undefined
    } else if (/^#EXT(?!-X-(?:VERSION:\d+$|INDEPENDENT-SEGMENTS$|MEDIA:|START:))/.test(line)) {
      throw new PlaylistError(`Unknown tag in a multivariant playlist: ${line}`)
    }
  }
  if (pending) throw new PlaylistError('EXT-X-STREAM-INF without a URI')
  return variants
}
