/** What donors write is only ever text: a corpus through name and message, looked at on every page that shows them. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { horizontalOverflow, launchBrowser, openPage, type WatchedPage } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import {
  donate,
  makeDonor,
  makeStreamer,
  overlayLink,
  type Person,
  type Streamer,
} from '../support/people.ts'
import { openPageAs } from '../support/sign-in-page.ts'

/** Each would set `pwned`, leave an element of its own, or turn what stands beside it around. */
const CORPUS: readonly (readonly [name: string, message: string])[] = [
  ['<b data-x>satu</b>', '<script>pwned=1</script>teks-01'],
  ['<img src=x onerror=pwned=1>', '<img src=x onerror="pwned=1" data-x>teks-02'],
  ['"><svg onload=pwned=1>', '"><svg/onload=pwned=1 data-x>teks-03'],
  ["'-pwned=1-'", "';pwned=1;//teks-04"],
  ['</title><script>pwned=1</script>', '</textarea></style></script><script>pwned=1</script>teks-05'],
  ['{{constructor.constructor("pwned=1")()}}', '${pwned=1}#{pwned=1}<%=pwned=1%>teks-06'],
  // As long as may be, too.
  ['{nama}{jumlah}{pesan}', `{name}{amount}{message}${'PANJANG SEKALI '.repeat(14)}teks-07`],
  ['\u202eterbalik\u202c', '\u2066\u202ebalik\u2069 teks-08\u200b\u200f'],
  ['nol\u0000\u0007\u001b[31m', 'a\u0000b\u0008c\u001b]0;judul\u0007teks-09'],
  [
    'Z\u0351\u036b\u0343\u036a\u0302\u034e\u031a\u0321alg',
    'Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306o teks-10',
  ],
  ['\u{e0041}\u{e0042}tanda', '\u{e0041}\u{e0042}\u2028\u2029teks-11'],
  ['javascript:pwned=1', '[x](javascript:pwned=1) <a href="javascript:pwned=1" data-x>x</a>teks-12'],
  ['<iframe srcdoc=x>', '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>teks-13'],
  ['&lt;b&gt;', '&#60;img src=x onerror=pwned=1&#62;&nbsp;teks-14'],
  [
    `x"style="position:fixed${'W'.repeat(17)}`,
    '<style>*{display:none}</style><link rel=stylesheet href=//x>teks-15',
  ],
  ['\nevent: bye\ndata: {}', '\r\n\r\nevent: overlay_replaced\ndata: {}\n\nteks-16'],
]
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u{e0000}-\u{e007f}]/u

let installation: Installation
let browser: Browser
let streamer: Streamer
let donor: Person
beforeAll(async () => {
  installation = await startPanggung()
  browser = await launchBrowser()
  const { url, admin } = installation
  streamer = await makeStreamer(url, admin)
  donor = await makeDonor(url, admin, 10_000_000)
  const look = await streamer.client.send('GET', `/api/studio/${streamer.slug}/alert-settings`)
  const { files: _, ...settings } = JSON.parse(look.text) as Record<string, unknown>
  const changed = {
    ...settings,
    durationMs: 1_000,
    look: { ...(settings['look'] as object), gapMs: 0, textSizePx: 96 },
  }
  await streamer.client.send('PUT', `/api/studio/${streamer.slug}/alert-settings`, { json: changed })
  // Half of them are held, so that every list has some.
  const hold = (holdsAll: boolean) =>
    streamer.client.send('PUT', `/api/studio/${streamer.slug}/moderation`, {
      json: { holdsAll, links: 'mask', profanity: 'pass', gambling: 'pass' },
    })
  for (const [index, [senderName, message]] of CORPUS.entries()) {
    if (index === 0 || index === CORPUS.length / 2) await hold(index > 0)
    await donate(donor, streamer.slug, { amountRupiah: 20_000, senderName, message })
  }
})
afterAll(async () => {
  await browser.close()
  await installation.stop()
})

/** @returns what of the corpus became more than text */
async function faultsOf({ page, complaints }: WatchedPage): Promise<string[]> {
  const { pwned, elements, text } = await page.evaluate(() => ({
    pwned: (globalThis as { pwned?: unknown }).pwned,
    elements: Array.from(
      document.querySelectorAll(
        '[data-x], img[src="x"], iframe, object, embed, body style, body script:not([src])',
      ),
      (element) => element.outerHTML,
    ),
    text: document.body.textContent,
  }))
  const hidden = HIDDEN.exec(text)
  return [
    ...complaints,
    ...elements,
    ...(pwned === undefined ? [] : ['a script ran']),
    ...(hidden ? [`U+${hidden[0].codePointAt(0)?.toString(16)} at ${hidden.index}`] : []),
  ]
}

/** The same, once all of them are there. */
async function faultsOnceShown(watched: WatchedPage, marks: readonly string[]): Promise<string[]> {
  for (const mark of marks) await watched.page.getByText(mark).first().waitFor()
  const faults = await faultsOf(watched)
  await watched.page.setViewportSize({ width: 320, height: 640 })
  const tooWide = await horizontalOverflow(watched.page)
  await watched.context.close()
  return tooWide > 0 ? [...faults, `${tooWide} px wider than a small phone`] : faults
}

const marksOf = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_each, index) => `teks-${String(from + index).padStart(2, '0')}`)

test.each(['donations', 'queue'])('the studio, %s', async (tab) => {
  const watched = await openPageAs(browser, streamer.client)
  await watched.page.goto(`${installation.url}/studio/${streamer.slug}#${tab}`)
  expect(await faultsOnceShown(watched, marksOf(1, CORPUS.length))).toEqual([])
})

test.each([
  ['account', 'teks-16'],
  ['wallet', 'tanda'],
])('the streamer’s %s', async (page, mark) => {
  const watched = await openPageAs(browser, streamer.client)
  await watched.page.goto(`${installation.url}/${page}`)
  expect(await faultsOnceShown(watched, [mark])).toEqual([])
})

test('the donor’s wallet and the admin’s list', async () => {
  const wallet = await openPageAs(browser, donor.client)
  await wallet.page.goto(`${installation.url}/wallet`)
  expect(await faultsOnceShown(wallet, ['Rp20.000'])).toEqual([])
  const admin = await openPageAs(browser, installation.admin)
  await admin.page.goto(`${installation.url}/admin#donations`)
  expect(await faultsOnceShown(admin, marksOf(1, CORPUS.length))).toEqual([])
})

/** Writes down every text that the overlay shows, however shortly. */
function writeDown(): void {
  const seen: string[] = []
  Object.assign(globalThis, { seen })
  new MutationObserver(() => {
    for (const alert of document.querySelectorAll('.alert')) {
      seen.push(alert.textContent)
      const words = alert.querySelector('.alert-words')
      // Of the layout, which knows nothing of the animation.
      if (words instanceof HTMLElement && words.offsetTop + words.offsetHeight > innerHeight)
        seen.push('CUT OFF')
    }
  }).observe(document, { subtree: true, childList: true })
}

test('the overlay, one after another', async () => {
  const overlay = await openPage(browser)
  await overlay.page.addInitScript(writeDown)
  await overlay.page.goto((await overlayLink(streamer)).url)
  await eventually(
    'all that are not held were shown',
    async () => {
      const seen = await overlay.page.evaluate(() =>
        (globalThis as unknown as { seen: string[] }).seen.join(' '),
      )
      return marksOf(1, CORPUS.length / 2).every((mark) => seen.includes(mark))
    },
    { deadlineMs: 90_000 },
  )
  const seen = await overlay.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  expect(seen.filter((text) => text === 'CUT OFF')).toEqual([])
  const faults = await faultsOf(overlay)
  // On a machine that starves, a page may have lost its slot for a moment: that is no matter of the texts.
  expect(faults.filter((fault) => !/ 409 .*\/claim\)$/.test(fault))).toEqual([])
  await overlay.context.close()
})
