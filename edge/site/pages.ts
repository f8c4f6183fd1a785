/** Addresses of the pages. Each is one built HTML file; what it shows comes from the API. */
import { Hono, type Context } from 'hono'
import type { Visibility } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { Platform } from '../ports.ts'
import {
  type ChannelPage,
  channelPreview,
  type PreviewedChannel,
  type PreviewedVideo,
  videoPreview,
} from './link-preview.ts'
import type { ReadSite } from './rules.ts'

export interface PageDeps {
  readonly pages: Platform['pages']
  readonly site: ReadSite
  readonly isSetUp: () => Promise<boolean>
  readonly channelOf: (slug: string) => Promise<PageChannel | undefined>
  /** `undefined`: there is none, or none that a page may show. */
  readonly visibilityOfBroadcast: (id: string) => Promise<Visibility | undefined>
  readonly videoOf: (id: string) => Promise<PreviewedVideo | undefined>
}

/** Its slug differs from the one that was asked for when that one is old. */
export interface PageChannel extends PreviewedChannel {
  readonly acceptsDonations: boolean
}

const PLAIN_PAGES = {
  '/': 'home',
  '/sign-in': 'sign-in',
  '/register': 'register',
  '/reset-password': 'reset-password',
  '/confirm-email': 'confirm-email',
  '/studio': 'studio',
  '/studio/:slug': 'studio',
  '/studio/:slug/videos/:id': 'studio',
  '/account': 'account',
  '/terms': 'legal',
  '/privacy': 'legal',
  '/refunds': 'legal',
  '/admin': 'admin',
  '/admin/sign-in': 'admin',
} as const

/** Absent where the installation has no donations. */
const DONATION_PAGES = {
  '/wallet': 'wallet',
  '/statements': 'statements',
  '/cases': 'cases',
  '/receipt': 'receipt',
  '/pay/:token': 'pay',
  '/overlay/:id': 'overlay',
  '/overlay/:id/:widget': 'widget',
  '/dock/:id': 'dock',
} as const

/** What a page asks for before it can show anything. */
const FIRST_ASKS = {
  watch: ['/api/session', '/api/channels/:slug', '/api/channels/:slug/live'],
  donate: ['/api/session', '/api/channels/:slug'],
  'donate-embed': ['/api/channels/:slug'],
}

export function pageRoutes(deps: PageDeps): Hono {
  const { pages, site, isSetUp, channelOf } = deps
  const app = new Hono()

  app.get('/assets/*', async (c) => {
    const file = await pages(c.req.path)
    if (!file) throw new AppError('not_found')
    // The build puts a hash of the content into each name.
    return answer(file, { cacheControl: 'public, max-age=31536000, immutable' })
  })

  app.get('/setup', async (c) => ((await isSetUp()) ? c.redirect('/', 302) : page('setup')))

  for (const [path, name] of Object.entries(PLAIN_PAGES))
    app.get(path, async (c) => (await redirectToSetup(c)) ?? page(name))

  for (const [path, name] of Object.entries(DONATION_PAGES))
    app.get(path, async (c) => {
      const elsewhere = await redirectToSetup(c)
      if (elsewhere) return elsewhere
      return (await site()).donationsEnabled ? page(name) : missing(c, pages)
    })

  app.get('/b/:id', async (c) => {
    const elsewhere = await redirectToSetup(c)
    if (elsewhere) return elsewhere
    const visibility = await deps.visibilityOfBroadcast(c.req.param('id'))
    return visibility === undefined ? missing(c, pages) : kept(await page('watch'), visibility)
  })

  app.get('/v/:id', async (c) => {
    const elsewhere = await redirectToSetup(c)
    if (elsewhere) return elsewhere
    const video = await deps.videoOf(c.req.param('id'))
    if (!video) return missing(c, pages)
    return kept(await page('watch', videoPreview(video, await site())), video.visibility)
  })

  for (const [suffix, name] of [
    ['', 'watch'],
    ['/donate', 'donate'],
    ['/donate/embed', 'donate-embed'],
  ] as const satisfies [ChannelPage, string][])
    app.get(`/c/:slug${suffix}`, async (c) => {
      const elsewhere = await redirectToSetup(c)
      if (elsewhere) return elsewhere
      const slug = c.req.param('slug')
      const channel = await channelOf(slug.toLowerCase())
      if (!channel || (name !== 'watch' && !channel.acceptsDonations)) return missing(c, pages)
      if (channel.slug !== slug) return c.redirect(`/c/${channel.slug}${suffix}`, 308)
      const inHead = FIRST_ASKS[name].map((path) => preload(path.replace(':slug', slug))).join('')
      return kept(
        await page(name, inHead + channelPreview(channel, await site(), suffix)),
        channel.visibility,
      )
    })

  // Files beside the pages, such as the icon. Pages themselves are reached by their addresses only.
  app.get('/:file{[\\w-]+\\.(?:svg|png|ico|txt|webmanifest)}', async (c) => {
    const file = await pages(c.req.path)
    return file ? answer(file, { cacheControl: 'public, max-age=3600' }) : missing(c, pages)
  })

  return app

  async function redirectToSetup(c: Context): Promise<Response | undefined> {
    return (await isSetUp()) ? undefined : c.redirect('/setup', 302)
  }

  async function page(name: string, inHead = ''): Promise<Response> {
    const file = await pages(`/${name}.html`)
    if (!file) throw new AppError('internal', { cause: new Error(`The page ${name} is not built`) })
    if (inHead === '') return answer(file, { cacheControl: 'no-cache' })
    const html = (await file.text()).replace('</head>', () => `${inHead}</head>`)
    return answer(new Response(html, { headers: file.headers }), { cacheControl: 'no-cache' })
  }
}

/** Asked for while the scripts are still on their way. @param path of a plain slug: nothing in it needs escaping */
function preload(path: string): string {
  return `<link rel="preload" as="fetch" href="${path}" crossorigin>`
}

/** Whoever has the link may pass it on; search engines are told to keep it to themselves. */
function kept(response: Response, visibility: Visibility): Response {
  if (visibility !== 'public') response.headers.set('x-robots-tag', 'noindex, nofollow')
  return response
}

function answer(file: Response, { cacheControl }: { cacheControl: string }): Response {
  const headers = new Headers(file.headers)
  headers.set('cache-control', cacheControl)
  return new Response(file.body, { status: file.status, headers })
}

/** The page for what is not there; a plain one when nothing was built. */
export async function missing(c: Context, pages: Platform['pages']): Promise<Response> {
  const file = await pages('/not-found.html')
  if (file) {
    const { body, headers } = answer(file, { cacheControl: 'no-store' })
    return new Response(body, { status: 404, headers })
  }
  c.header('cache-control', 'no-store')
  return c.html(
    `<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tidak ditemukan · Not found</title>
<h1>Tidak ditemukan</h1><p>Halaman ini tidak ada. <span lang="en">There is no such page.</span></p>
<p><a href="/">Beranda · <span lang="en">Home</span></a></p></html>`,
    404,
  )
}
