/** How a story in a browser begins and ends. Call it at the top of a test file. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type Installation, startPanggung } from './installation.ts'

export interface Story {
  readonly installation: Installation
  readonly browser: Browser
}

/** @returns an installation and a browser for all tests of the file; there are none before the first of them */
export function beginStory(): Story {
  let started: Partial<Story> = {}
  beforeAll(async () => {
    started = { installation: await startPanggung() }
    started = { ...started, browser: await launchBrowser() }
  })
  afterAll(async () => {
    await started.browser?.close()
    await started.installation?.stop()
  })
  return {
    get installation() {
      return begun(started.installation)
    },
    get browser() {
      return begun(started.browser)
    },
  }
}

function begun<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The story has not begun: only its tests may ask for this')
  return part
}
