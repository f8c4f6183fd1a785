/** What chats and social networks show for a link to a channel (the Open Graph protocol). Pure. */
import type { Visibility } from '../../shared/contracts/channels.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'

export interface PreviewedChannel {
  readonly slug: string
  readonly title: string
  readonly memo: string
  readonly bannerUrl: string | null
  readonly isLive: boolean
  readonly visibility: Visibility
}

/** PNG of 1200x630, for channels without a banner: some chats take no SVG, and show nothing without a picture. */
const FALLBACK_PICTURE = '/link-preview.png'
const MAX_DESCRIPTION_CHARS = 200

/** @returns elements for the head of the page; previews need whole addresses, so none without a public one */
export function linkPreview(
  { slug, title, memo, bannerUrl, isLive, visibility }: PreviewedChannel,
  site: { readonly name: string; readonly publicUrl: string },
  /** Of the page behind the channel's own address. */
  suffix = '',
): string {
  const still = formatHlsPath({ root: { scope: 'live', slug }, resource: { kind: 'still' } })
  // Whoever reads a preview has not signed in.
  const picture = isLive && visibility !== 'members' ? still : (bannerUrl ?? FALLBACK_PICTURE)
  const description = memo.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_DESCRIPTION_CHARS)
  const properties: [string, string][] = [
    ['og:title', title],
    ['og:site_name', site.name],
    ['og:type', 'website'],
  ]
  if (description !== '') properties.push(['og:description', description])
  if (site.publicUrl !== '') {
    properties.push(['og:url', `${site.publicUrl}/c/${slug}${suffix}`])
    properties.push(['og:image', site.publicUrl + picture])
  }
  const preview = properties.map(([name, value]) => `<meta property="${name}" content="${escaped(value)}">`)
  if (visibility !== 'public') preview.push('<meta name="robots" content="noindex, nofollow">')
  return preview.join('')
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
