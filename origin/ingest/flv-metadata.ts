/** What an encoder says of itself: `onMetaData`. */
import type { MediaMessage } from '../media/access-unit.ts'
import { AmfError, type AmfRead, decodeAmf, isAmfRecord } from './amf.ts'

// An encoder describes itself in about twenty short values.
const MAX_METADATA_VALUES = 64
const MAX_METADATA_CHARS = 256

/** `onMetaData`, alone or behind `@setDataFrame`. Broken metadata is no reason to end a broadcast. */
export function readMetadata(payload: Uint8Array): MediaMessage | undefined {
  let values: AmfRead[]
  try {
    values = decodeAmf(payload)
  } catch (error) {
    if (error instanceof AmfError) return undefined
    throw error
  }
  const [name, content] = values[0] === '@setDataFrame' ? values.slice(1) : values
  if (name !== 'onMetaData' || !isAmfRecord(content)) return undefined
  const kept: Record<string, number | string | boolean> = {}
  for (const [key, value] of Object.entries(content).slice(0, MAX_METADATA_VALUES)) {
    if (key === '__proto__' || key.length > MAX_METADATA_CHARS) continue
    if (typeof value === 'number' || typeof value === 'boolean') kept[key] = value
    else if (typeof value === 'string') kept[key] = value.slice(0, MAX_METADATA_CHARS)
  }
  return { type: 'metadata', values: kept }
}
