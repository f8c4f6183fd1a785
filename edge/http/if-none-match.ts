/**
 * Whether a client has the answer already (RFC 9110, 13.1.2).
 *
 * @param ifNoneMatch the header, if there is one; compared weakly, as the standard says for it
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const opaque = opaqueOf(etag)
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((each) => opaqueOf(each.trim()) === opaque)
}

function opaqueOf(etag: string): string {
  return etag.replace(/^W\//, '')
}
