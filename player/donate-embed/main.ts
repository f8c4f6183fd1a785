/**
 * A donation page's card for other sites. Nothing on it acts: a site could lay something over it, so every link opens
 * the real page, which no site can show in a frame.
 */
import { Channel } from '../../shared/contracts/channels.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate-link.ts'
import { startLanguage } from '../i18n/language.ts'
import { get } from '../lib/api.ts'
import '../ui/styles/tokens.css'
import '../ui/styles/base.css'
import '../ui/styles/parts.css'
import './donate-embed.css'

startLanguage()
// `/c/:slug/donate/embed`
const [, , slug = ''] = location.pathname.split('/')
const card = document.getElementById('app')
if (card) void draw(card)

async function draw(root: HTMLElement): Promise<void> {
  root.className = 'embed'
  try {
    const channel = await get(`/api/channels/${slug}`, Channel)
    if (!channel.acceptsDonations) throw new Error('Donations are off')
    document.title = t('donateTo', { title: channel.title })
    const title = document.createElement('h1')
    title.textContent = document.title
    const amounts = document.createElement('div')
    amounts.className = 'embed-amounts'
    amounts.append(
      ...channel.quickAmountsRupiah.map((amount) => link(formatRupiah(amount), `?amount=${amount}`, 'plain')),
    )
    root.replaceChildren(...banner(channel.bannerUrl), title, amounts, link(t('donate'), '', 'main'), hint())
  } catch {
    root.textContent = t('closed')
  }
}

function banner(url: string | null): HTMLElement[] {
  if (url === null) return []
  const image = new Image()
  image.className = 'embed-banner'
  image.alt = ''
  image.src = url
  return [image]
}

function link(text: string, query: string, tone: 'main' | 'plain'): HTMLAnchorElement {
  const made = document.createElement('a')
  made.className = `button button-${tone}`
  made.href = `/c/${slug}/donate${query}`
  made.target = '_blank'
  made.rel = 'noopener'
  made.textContent = text
  return made
}

function hint(): HTMLElement {
  const made = document.createElement('p')
  made.className = 'small muted center'
  made.textContent = t('opens')
  return made
}
