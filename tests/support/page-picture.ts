/**
 * Pictures of pages, for people to look at: `SCREENSHOTS=FOLDER npx vitest run --project e2e`. No test looks at one, and to draw
 * hundreds of them costs as much as all that is tested on those pages.
 */
import { join } from 'node:path'
import type { Page, PageScreenshotOptions } from 'playwright-core'

/** @param file its name in the folder */
export async function takePicture(
  page: Page,
  file: string,
  options: Omit<PageScreenshotOptions, 'path'> = {},
): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, file), ...options })
}
