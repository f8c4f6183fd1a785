/**
 * Browser contexts that are given out again, each with a blank page that stays open: a page beside it costs half of what one
 * does that is a context's first. Whoever gets one finds it as a new one: no cookie, no storage, no cache, no other page.
 */
import type { Browser, BrowserContext } from 'playwright-core'

const kept = new WeakMap<Browser, Map<string, BrowserContext[]>>()

/** Its `close` gives it back. What is set on the context itself, an init script say, would stay: set it on its pages. */
export async function borrowContext(browser: Browser, locale: string): Promise<BrowserContext> {
  const idle = idleOf(browser, locale)
  return idle.pop() ?? makeContext(browser, locale, (context) => void idle.push(context))
}

async function makeContext(
  browser: Browser,
  locale: string,
  giveBack: (context: BrowserContext) => void,
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale })
  const blank = await context.newPage()
  const devTools = await context.newCDPSession(blank)
  context.close = async () => {
    for (const page of context.pages()) if (page !== blank) await page.close()
    await context.clearCookies()
    await devTools.send('Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' })
    await devTools.send('Network.clearBrowserCache')
    giveBack(context)
  }
  return context
}

function idleOf(browser: Browser, locale: string): BrowserContext[] {
  const ofBrowser = kept.get(browser) ?? new Map<string, BrowserContext[]>()
  const idle = ofBrowser.get(locale) ?? []
  kept.set(browser, ofBrowser.set(locale, idle))
  return idle
}
