import type { Browser } from 'playwright-core'
import type { ApiClient } from './api-client.ts'
import { openPage, type PageOptions, type WatchedPage } from './browser.ts'

/** A page in which the person of this client is already signed in. */
export function openPageAs(
  browser: Browser,
  client: ApiClient,
  options: PageOptions = {},
): Promise<WatchedPage> {
  const cookies = client.cookies.map(({ name, value }) => ({ name, value, url: client.url }))
  return openPage(browser, { ...options, cookies })
}
