/** A strict reader of media and multivariant playlists (RFC 8216bis): what it does not know, it refuses. */
import { PlaylistError, readAttributes, requireAttributes } from './attribute-list.ts'

export interface PartTag {
  readonly uri: string
  readonly duration: number
  readonly isIndependent: boolean
  /** Its media is not there and must not be asked for. */
  readonly isGap: boolean
}

/** What stands before a segment, whole or not. */
export interface SegmentHead {
  readonly isDiscontinuous: boolean
  readonly isGap: boolean
  /** URI of the EXT-X-MAP in force. */
  readonly map: string | undefined
  readonly parts: readonly PartTag[]
  readonly programDateTime: number | undefined
}

export interface SegmentTag extends SegmentHead {
  readonly msn: number
  readonly uri: string
  readonly duration: number
}

export interface RenditionReportTag {
  readonly uri: string
  readonly lastMsn: number
  readonly lastPart: number | undefined
}

export interface DateRangeTag {
  readonly id: string
  /** Unix ms. */
  readonly start: number
  /** In s. */
  readonly duration: number
  readonly attributes: Readonly<Record<string, string>>
}

export interface MediaPlaylist {
  readonly version: number
  readonly targetDuration: number
  readonly partTarget: number | undefined
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly hasIndependentSegments: boolean
  readonly isEnded: boolean
  readonly type: 'EVENT' | 'VOD' | undefined
  readonly serverControl: Readonly<Record<string, string>>
  readonly skippedSegments: number
  readonly segments: readonly SegmentTag[]
  /** The segment that is not whole yet. */
  readonly open: SegmentHead
  readonly openParts: readonly PartTag[]
  /** URIs of EXT-X-PRELOAD-HINT, of parts and of the rest. */
  readonly preloadHints: readonly { readonly type: string; readonly uri: string }[]
  /** Of the first hinted part. */
  readonly preloadHint: string | undefined
  /** Of the next segment. */
  readonly openMap: string | undefined
  readonly renditionReports: readonly RenditionReportTag[]
  readonly dateRanges: readonly DateRangeTag[]
}

/** Tags that speak of the whole playlist, and so stand before its first segment and only once. */
const HEADER_TAGS = new Set([
  '#EXT-X-VERSION',
  '#EXT-X-TARGETDURATION',
  '#EXT-X-MEDIA-SEQUENCE',
  '#EXT-X-DISCONTINUITY-SEQUENCE',
  '#EXT-X-PART-INF',
  '#EXT-X-SERVER-CONTROL',
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-SKIP',
  '#EXT-X-PLAYLIST-TYPE',
])

function linesOf(text: string): string[] {
  const isHeaded = text.startsWith('#EXTM3U\n') || text.startsWith('#EXTM3U\r\n')
  if (!isHeaded) throw new PlaylistError('the first line is #EXTM3U, without a BOM', text.slice(0, 20))
  if (!text.endsWith('\n')) throw new PlaylistError('the last line is whole', text.slice(-20))
  // oxlint-disable-next-line no-control-regex -- they are what is looked for (RFC 8216bis, 4.1)
  const control = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/.exec(text)
  if (control) throw new PlaylistError('no control characters', `one at ${control.index}`)
  return text
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
}

function decimal(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d+(?:\.\d+)?$/.test(text))
    throw new PlaylistError('numbers are decimal', `${what} is ${text}`)
  return Number(text)
}

function integer(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d{1,20}$/.test(text))
    throw new PlaylistError('numbers are decimal', `${what} is ${text}`)
  return Number(text)
}

/** @throws PlaylistError */
export function readMediaPlaylist(text: string): MediaPlaylist {
  const once = new Map<string, string>()
  const segments: SegmentTag[] = []
  const preloadHints: MediaPlaylist['preloadHints'][number][] = []
  const renditionReports: RenditionReportTag[] = []
  const dateRanges: DateRangeTag[] = []
  let open = { ...nothingYet(undefined) }
  let extinf: number | undefined
  let isEnded = false
  const first = () => integer(once.get('#EXT-X-MEDIA-SEQUENCE') ?? '0', 'EXT-X-MEDIA-SEQUENCE')
  const skipped = () => {
    const value = once.get('#EXT-X-SKIP')
    if (value === undefined) return 0
    return integer(
      requireAttributes('#EXT-X-SKIP', value, ['SKIPPED-SEGMENTS'])['SKIPPED-SEGMENTS'],
      'SKIPPED-SEGMENTS',
    )
  }

  for (const line of linesOf(text)) {
    if (line.startsWith('#') && !line.startsWith('#EXT')) continue
    if (isEnded) throw new PlaylistError('nothing comes after ENDLIST', line)
    if (!line.startsWith('#')) {
      if (extinf === undefined) throw new PlaylistError('every segment has its EXTINF', line)
      segments.push({ ...open, msn: first() + skipped() + segments.length, uri: line, duration: extinf })
      extinf = undefined
      open = nothingYet(open.map)
      continue
    }
    const colon = line.indexOf(':')
    const tag = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1)
    if (HEADER_TAGS.has(tag)) {
      if (once.has(tag)) throw new PlaylistError('a header tag is there once', tag)
      if (segments.length > 0 || open.parts.length > 0)
        throw new PlaylistError('header tags stand before the first segment', tag)
      once.set(tag, value)
      continue
    }
    switch (tag) {
      case '#EXTINF':
        if (extinf !== undefined) throw new PlaylistError('every segment has its EXTINF', 'two in a row')
        if (!value.includes(',')) throw new PlaylistError('EXTINF has a comma after its duration', value)
        extinf = decimal(value.split(',')[0], 'EXTINF')
        break
      case '#EXT-X-MAP':
        open.map = requireAttributes(tag, value, ['URI']).URI
        break
      case '#EXT-X-PART':
        open.parts = [...open.parts, readPart(tag, value)]
        break
      case '#EXT-X-PRELOAD-HINT': {
        const { TYPE: type, URI: uri } = requireAttributes(tag, value, ['TYPE', 'URI'])
        preloadHints.push({ type, uri })
        break
      }
      case '#EXT-X-DISCONTINUITY':
        open.isDiscontinuous = true
        break
      case '#EXT-X-GAP':
        open.isGap = true
        break
      case '#EXT-X-PROGRAM-DATE-TIME':
        open.programDateTime = readDate(value)
        break
      case '#EXT-X-ENDLIST':
        isEnded = true
        break
      case '#EXT-X-DATERANGE':
        dateRanges.push(readDateRange(tag, value))
        break
      case '#EXT-X-RENDITION-REPORT':
        renditionReports.push(readReport(tag, value))
        break
      default:
        throw new PlaylistError('every tag is known', tag)
    }
  }
  if (extinf !== undefined) throw new PlaylistError('every EXTINF has its segment', String(extinf))
  const partInf = once.get('#EXT-X-PART-INF')
  const serverControl = once.get('#EXT-X-SERVER-CONTROL')
  return {
    version: integer(once.get('#EXT-X-VERSION') ?? '1', 'EXT-X-VERSION'),
    targetDuration: integer(once.get('#EXT-X-TARGETDURATION'), 'EXT-X-TARGETDURATION'),
    partTarget:
      partInf === undefined
        ? undefined
        : Number(requireAttributes('#EXT-X-PART-INF', partInf, ['PART-TARGET'])['PART-TARGET']),
    mediaSequence: first(),
    discontinuitySequence: integer(
      once.get('#EXT-X-DISCONTINUITY-SEQUENCE') ?? '0',
      'EXT-X-DISCONTINUITY-SEQUENCE',
    ),
    hasIndependentSegments: once.has('#EXT-X-INDEPENDENT-SEGMENTS'),
    isEnded,
    type: playlistType(once.get('#EXT-X-PLAYLIST-TYPE')),
    serverControl: serverControl === undefined ? {} : readAttributes('#EXT-X-SERVER-CONTROL', serverControl),
    skippedSegments: skipped(),
    segments,
    open,
    openParts: open.parts,
    preloadHints,
    preloadHint: preloadHints.find(({ type }) => type === 'PART')?.uri,
    openMap: open.map,
    renditionReports,
    dateRanges,
  }
}

function playlistType(text: string | undefined): MediaPlaylist['type'] {
  if (text === undefined || text === 'EVENT' || text === 'VOD') return text
  throw new PlaylistError('PLAYLIST-TYPE is EVENT or VOD', text)
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function nothingYet(map: string | undefined): Mutable<SegmentHead> {
  return { isDiscontinuous: false, isGap: false, map, parts: [], programDateTime: undefined }
}

function readPart(tag: string, value: string): PartTag {
  const attributes = requireAttributes(tag, value, ['URI', 'DURATION'])
  return {
    uri: attributes.URI,
    duration: Number(attributes.DURATION),
    isIndependent: attributes['INDEPENDENT'] === 'YES',
    isGap: attributes['GAP'] === 'YES',
  }
}

function readDateRange(tag: string, value: string): DateRangeTag {
  const attributes = requireAttributes(tag, value, ['ID', 'START-DATE', 'DURATION'])
  return {
    id: attributes.ID,
    start: readDate(attributes['START-DATE']),
    duration: decimal(attributes.DURATION, 'DURATION'),
    attributes,
  }
}

function readReport(tag: string, value: string): RenditionReportTag {
  const attributes = requireAttributes(tag, value, ['URI', 'LAST-MSN'])
  const lastPart = attributes['LAST-PART']
  return {
    uri: attributes.URI,
    lastMsn: Number(attributes['LAST-MSN']),
    lastPart: lastPart === undefined ? undefined : Number(lastPart),
  }
}

function readDate(value: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/.test(value)
  const date = isDate ? Date.parse(value) : Number.NaN
  if (Number.isNaN(date)) throw new PlaylistError('PROGRAM-DATE-TIME is a date of ISO 8601', value)
  return date
}

export interface Variant {
  readonly uri: string
  readonly attributes: Readonly<Record<string, string>>
}

/** @throws PlaylistError */
export function readMultivariantPlaylist(text: string): Variant[] {
  const variants: Variant[] = []
  let pending: Record<string, string> | undefined
  for (const line of linesOf(text)) {
    const [tag = '', value] = line.split(/:(.*)/s)
    if (!line.startsWith('#')) {
      if (!pending) throw new PlaylistError('every variant has its STREAM-INF', line)
      variants.push({ uri: line, attributes: pending })
      pending = undefined
    } else if (tag === '#EXT-X-STREAM-INF') {
      pending = requireAttributes(tag, value ?? '', ['BANDWIDTH'])
    } else if (tag === '#EXT-X-MEDIA') {
      requireAttributes(tag, value ?? '', ['TYPE', 'GROUP-ID', 'NAME'])
    } else if (/^#EXT(?!-X-(?:VERSION:\d+$|INDEPENDENT-SEGMENTS$|START:))/.test(line)) {
      throw new PlaylistError('every tag is known', line)
    }
  }
  if (pending) throw new PlaylistError('every STREAM-INF has its variant', JSON.stringify(pending))
  return variants
}
