/** What chats and social networks show for a link (the Open Graph protocol). Pure. */
import type { Visibility } from '../../shared/contracts/channels.ts'
import { LINK_PICTURE } from '../../shared/contracts/studio.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'

export interface PreviewedChannel {
  readonly slug: string
  readonly title: string
  readonly memo: string
  /** Drawn for this purpose: LINK_PICTURE. */
  readonly linkPictureUrl: string | null
  readonly isLive: boolean
  readonly visibility: Visibility
}

export interface PreviewedVideo {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly pictureUrl: string | null
  readonly visibility: Visibility
  readonly channel: { readonly title: string; readonly linkPictureUrl: string | null }
}

export type ChannelPage = '' | '/donate' | '/donate/embed'

interface PreviewedSite {
  readonly name: string
  readonly publicUrl: string
}

interface Preview {
  readonly path: string
  readonly title: string
  readonly description: string
  /** Of a moment, or chosen for it: may be gone, and is then passed over for the drawn one. */
  readonly still: string | null
  readonly linkPictureUrl: string | null
  readonly visibility: Visibility
}

/** For channels whose studio was never opened. As large as a LINK_PICTURE: some chats show nothing without one. */
const FALLBACK_PICTURE = '/link-preview.png'
const MAX_DESCRIPTION_CHARS = 200

/** @returns elements for the head of the page; previews need whole addresses, so none without a public one */
export function channelPreview(channel: PreviewedChannel, site: PreviewedSite, page: ChannelPage): string {
  const { slug, title, memo, linkPictureUrl, isLive, visibility } = channel
  const still = formatHlsPath({ root: { scope: 'live', slug }, resource: { kind: 'still' } })
  return elements(
    {
      path: `/c/${slug}${page}`,
      // Chats have one language for everybody who reads them.
      title: page === '' ? title : `Donasi untuk ${title}`,
      description: memo,
      still: page === '' && isLive ? still : null,
      linkPictureUrl,
      visibility,
    },
    site,
  )
}

export function videoPreview(video: PreviewedVideo, site: PreviewedSite): string {
  const { id, title, description, pictureUrl, visibility, channel } = video
  return elements(
    {
      path: `/v/${id}`,
      title: title === '' || visibility === 'members' ? channel.title : `${title} · ${channel.title}`,
      description,
      still: pictureUrl,
      linkPictureUrl: channel.linkPictureUrl,
      visibility,
    },
    site,
  )
}

function elements({ visibility, ...preview }: Preview, { name, publicUrl }: PreviewedSite): string {
  // Whoever reads a preview has not signed in.
  const isForAll = visibility !== 'members'
  const description = isForAll ? shortened(preview.description) : ''
  const properties: [string, string][] = [
    ['og:title', preview.title],
    ['og:site_name', name],
    ['og:type', 'website'],
  ]
  if (description !== '') properties.push(['og:description', description])
  if (publicUrl !== '') {
    properties.push(['og:url', publicUrl + preview.path])
    if (preview.still !== null && isForAll) properties.push(['og:image', publicUrl + preview.still])
    properties.push(
      ['og:image', publicUrl + (preview.linkPictureUrl ?? FALLBACK_PICTURE)],
      ['og:image:width', String(LINK_PICTURE.width)],
      ['og:image:height', String(LINK_PICTURE.height)],
      ['twitter:card', 'summary_large_image'],
    )
  }
  const metas = properties.map(
    ([property, value]) => `<meta property="${property}" content="${escaped(value)}">`,
  )
  if (visibility !== 'public') metas.push('<meta name="robots" content="noindex, nofollow">')
  return metas.join('')
}

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_DESCRIPTION_CHARS)
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
