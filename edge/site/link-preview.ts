/** What chats and social networks show for a link to a channel (the Open Graph protocol). Pure. */
import { formatHlsPath } from '../../shared/hls-path.ts'

export interface PreviewedChannel {
  readonly slug: string
  readonly title: string
  readonly bannerUrl: string | null
  readonly isLive: boolean
}

/** @returns elements for the head of the page; previews need whole addresses, so none without a public one */
export function linkPreview(
  { slug, title, bannerUrl, isLive }: PreviewedChannel,
  site: { readonly name: string; readonly publicUrl: string },
): string {
  const still = formatHlsPath({ root: { scope: 'live', slug }, resource: { kind: 'still' } })
  const picture = isLive ? still : bannerUrl
  const properties: [string, string][] = [
    ['og:title', title],
    ['og:site_name', site.name],
    ['og:type', 'website'],
  ]
  if (site.publicUrl !== '') {
    properties.push(['og:url', `${site.publicUrl}/c/${slug}`])
    if (picture !== null) properties.push(['og:image', site.publicUrl + picture])
  }
  return properties.map(([name, value]) => `<meta property="${name}" content="${escaped(value)}">`).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
