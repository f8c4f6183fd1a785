/** An overlay page in Chromium that writes down what it puts on the screen. */
import type { Browser, Page } from 'playwright-core'
import { openPage, type WatchedPage } from './browser.ts'
import type { Streamer } from './people.ts'

export interface OverlayPage extends WatchedPage {
  /** Ids of the alerts in the order in which they came on the screen, through reloads. */
  readonly shown: string[]
  /** What they said, in the same order: an alert that has gone was still seen. */
  readonly texts: string[]
}

export async function openOverlayPage(
  browser: Browser,
  url: string,
  {
    clockSkewMs = 0,
    beforeLoad = () => Promise.resolve(),
  }: { readonly clockSkewMs?: number; readonly beforeLoad?: (page: Page) => Promise<void> } = {},
): Promise<OverlayPage> {
  const watched = await openPage(browser)
  const shown: string[] = []
  const texts: string[] = []
  await watched.page.exposeFunction('onAlertShown', (id: string, text: string) => {
    shown.push(id)
    texts.push(text)
  })
  await watched.page.addInitScript((skewMs) => {
    const real = Date.now.bind(Date)
    if (skewMs !== 0) Date.now = () => real() + skewMs
    const tell = (globalThis as unknown as { onAlertShown: (id: string, text: string) => void }).onAlertShown
    addEventListener('DOMContentLoaded', () =>
      new MutationObserver((records) => {
        for (const node of records.flatMap(({ addedNodes }) => [...addedNodes]))
          if (node instanceof HTMLElement && node.classList.contains('alert'))
            tell(node.dataset['alertId'] ?? '', node.textContent)
      }).observe(document.body, { childList: true, subtree: true }),
    )
  }, clockSkewMs)
  await beforeLoad(watched.page)
  await watched.page.goto(url)
  await watched.page.locator('body[data-stream="open"]').waitFor()
  return { ...watched, shown, texts }
}

/** Short alerts without a gap, so that a queue of them is over soon. */
export async function shortenAlerts({ client, slug }: Streamer, durationMs = 1_000): Promise<void> {
  const path = `/api/studio/${slug}/alert-settings`
  const settings = await client.send('GET', path)
  const { files: _, look, ...rest } = JSON.parse(settings.text) as { files: unknown; look: object }
  const answer = await client.send('PUT', path, {
    json: { ...rest, durationMs, look: { ...look, gapMs: 0 } },
  })
  if (answer.status !== 200) throw new Error(`The settings were not taken: ${answer.text}`)
}
