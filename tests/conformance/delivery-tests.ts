/** Rules of the conversation (RFC 8216bis, 6.2.5 and appendix B), on streams that stand still or run on when told. */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { newestPartOf, nextPartOf, standsStill, type View, viewOf } from './held-view.ts'
import { fetchBytes, fetchPlaylist } from './live-reader.ts'
import { lastMsn, offencesOf } from './playlist-rules.ts'
import { rawRequest } from './raw-request.ts'
import { goOnAirHeld, type HeldStream, type Stage, WINDOW_SECONDS } from './stage.ts'
import { changesBetween } from './succession-rules.ts'

/** More than the window, so that the list slides and delta updates have something to skip. */
const STARTS_AT = WINDOW_SECONDS + 11

export function addDeliveryTests(ready: () => Stage): void {
  let held: HeldStream
  let mediaSeconds = STARTS_AT
  /** And on, until the stream stands in the middle of a segment. */
  const runOn = async (seconds = 2): Promise<void> => {
    await held.runTo((mediaSeconds += seconds))
    const { openParts } = await standsStill(views()[1])
    if (openParts.length < 2) await runOn(0.4)
  }
  const views = () => ready().doors.map((door) => viewOf(door, ready(), held)) as [edge: View, origin: View]

  beforeAll(async () => {
    held = await goOnAirHeld(ready().installation, {
      fixture: 'obs-30',
      latencyMode: 'low',
      mediaSeconds: STARTS_AT,
    })
    await runOn(0)
  })
  afterAll(() => held.stop())

  const atBothDoors = (check: (view: View) => Promise<unknown>) =>
    Promise.all(
      views().map((view) =>
        check(view).catch((cause: unknown) => {
          throw new Error(`at the ${view.door.name}: ${String(cause)}`, { cause })
        }),
      ),
    )

  test('a blocking request is held until its part is listed', async () => {
    const before = await views()[1].playlist()
    const query = nextPartOf(before)
    const requests = views().map(({ mediaUrl, door }) => rawRequest(mediaUrl + query, door.headers))
    // Whoever asks afterwards is answered, so these two are held and not late.
    for (const view of views()) await view.playlist()
    expect(requests.map(({ hasBegun }) => hasBegun())).toEqual([false, false])
    const running = runOn()
    for (const { answer } of requests) {
      const { status, body } = await answer
      expect(status).toBe(200)
      expect(body.toString()).toContain(`URI="${before.preloadHint}"`)
    }
    await running
  })

  test('_HLS_msn alone is held until the whole segment is listed', async () => {
    const [edge, origin] = views()
    const msn = lastMsn(await origin.playlist()) + 1
    const requests = [edge, origin].map((view) => view.get(`media.m3u8?_HLS_msn=${msn}`))
    const running = runOn()
    for (const request of requests) expect(await (await request).text()).toContain(`\nseg.${msn}.m4s\n`)
    await running
  })

  // 6.2.1, in time of the media: how long the machine takes for it is not the product's.
  test('a new segment comes at most 1.5 target durations after the one before', async () => {
    for (let times = 0; times < 3; times++) {
      const before = await views()[1].playlist()
      await held.runTo((mediaSeconds += 1.5 * before.targetDuration))
      await atBothDoors(async ({ playlist }) => {
        const isNew = () => playlist().then((now) => lastMsn(now) > lastMsn(before))
        expect(await eventually('a new segment is listed', isNew)).toBe(true)
      })
    }
    await runOn(0)
  })

  test('nothing of a hinted part is sent until it is whole, and then all of it', async () => {
    const hint = (await views()[1].playlist()).preloadHint ?? ''
    const requests = views().map(({ mediaUrl, door }) =>
      rawRequest(new URL(hint, mediaUrl).href, door.headers),
    )
    for (const view of views()) await view.playlist()
    expect(requests.map(({ hasBegun }) => hasBegun())).toEqual([false, false])
    const running = runOn()
    for (const { answer } of requests) {
      const { status, headers, body } = await answer
      expect(status).toBe(200)
      expect(Number(headers['content-length'])).toBe(body.length)
      expect(headers['transfer-encoding']).toBeUndefined()
    }
    await running
  })

  test('a held request for what does not come ends with 503, which nobody keeps', async () => {
    await atBothDoors(async (view) => {
      const playlist = await view.playlist()
      const files = [`media.m3u8${nextPartOf(playlist)}`, playlist.preloadHint ?? '']
      for (const answer of await Promise.all(files.map((file) => view.get(file)))) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('cache-control')).toBe('no-store')
      }
    })
  })

  test('an old _HLS_msn is answered at once, with the whole current playlist', async () => {
    await atBothDoors(async (view) => {
      const current = await view.playlist()
      for (const query of ['_HLS_msn=0', '_HLS_msn=1&_HLS_part=2', '_HLS_msn=2&_HLS_part=0&_HLS_skip=YES'])
        expect(await fetchPlaylist(`${view.mediaUrl}?${query}`, view.door.headers)).toEqual(current)
    })
  })

  test('a part beyond the last of its segment means the first of the next one', async () => {
    await atBothDoors(async (view) => {
      const current = await view.playlist()
      expect(current.openParts.length).toBeGreaterThan(0)
      const query = `_HLS_msn=${lastMsn(current)}&_HLS_part=500`
      expect(await fetchPlaylist(`${view.mediaUrl}?${query}`, view.door.headers)).toEqual(current)
    })
  })

  test('_HLS_part without _HLS_msn is 400', () =>
    atBothDoors(async (view) => {
      expect((await view.get('media.m3u8?_HLS_part=0')).status).toBe(400)
    }))

  test('too far ahead is 400 at once: the third segment, or more than 3 s of parts', () =>
    atBothDoors(async (view) => {
      const playlist = await view.playlist()
      const msn = lastMsn(playlist) + 1
      const limit = Math.ceil(3 / (playlist.partTarget ?? 1))
      const beyond = playlist.openParts.length + limit
      for (const query of [`_HLS_msn=${msn + 2}`, `_HLS_msn=${msn}&_HLS_part=${beyond}`]) {
        const answer = await view.get(`media.m3u8?${query}`)
        expect(seenOf(query, answer)).toEqual({ query, status: 400, control: 'no-store' })
      }
    }))

  test('media that is neither listed nor hinted at is 404 at once, which nobody keeps', () =>
    atBothDoors(async (view) => {
      const playlist = await view.playlist()
      const msn = lastMsn(playlist) + 1
      for (const file of [
        `seg.${msn}.m4s`,
        `part.${msn}.${playlist.openParts.length + 1}.m4s`,
        'init.1.mp4',
      ]) {
        const answer = await view.get(file)
        expect(seenOf(file, answer)).toEqual({ query: file, status: 404, control: 'no-store' })
      }
    }))

  test('a delta update and what the player has are the whole playlist', () =>
    atBothDoors(async (view) => {
      const whole = await view.playlist()
      expect(Number(whole.serverControl['CAN-SKIP-UNTIL'])).toBe(24)
      const newest = `_HLS_msn=${lastMsn(whole) + 1}&_HLS_part=${whole.openParts.length - 1}`
      for (const query of [`${newest}&_HLS_skip=YES`, `${newest}&_HLS_skip=v2`]) {
        const delta = await fetchPlaylist(`${view.mediaUrl}?${query}`, view.door.headers)
        expect(delta.skippedSegments).toBeGreaterThan(10)
        expect(offencesOf(delta)).toEqual([])
        expect(changesBetween(whole, delta)).toEqual([])
        const skipped = whole.segments.slice(0, delta.skippedSegments)
        expect({ ...delta, skippedSegments: 0, segments: [...skipped, ...delta.segments] }).toEqual(whole)
      }
    }))

  test('playlists are sent compressed to those who accept it, and to nobody else', async () => {
    const [edge] = views()
    const newest = `media.m3u8${newestPartOf(await edge.playlist())}`
    const url = new URL(newest, edge.mediaUrl).href
    const [plain, compressed] = await Promise.all(
      ['identity', 'gzip'].map((encoding) => rawRequest(url, { 'accept-encoding': encoding }).answer),
    )
    expect([plain?.headers['content-encoding'], compressed?.headers['content-encoding']]).toEqual([
      undefined,
      'gzip',
    ])
    expect([plain?.headers.vary, compressed?.headers.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding'])
    expect(gunzipSync(compressed?.body ?? '').equals(plain?.body ?? Buffer.alloc(0))).toBe(true)
    expect(compressed?.body.length).toBeLessThan((plain?.body.length ?? 0) / 3)
  })

  test('players on other sites may read every answer and its Age', async () => {
    const [edge] = views()
    const playlist = await edge.playlist()
    for (const file of ['media.m3u8', playlist.segments.at(-1)?.uri ?? '', 'media.m3u8?_HLS_part=0']) {
      const { headers } = await edge.get(file)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toMatch(/\bage\b.*\bdate\b/)
    }
    expect((await edge.get('media.m3u8')).headers.get('age')).toMatch(/^\d+$/)
  })

  test('HEAD is answered as GET is, without a body', () =>
    atBothDoors(async (view) => {
      const playlist = await view.playlist()
      for (const file of [`media.m3u8${newestPartOf(playlist)}`, playlist.segments.at(-1)?.uri ?? '']) {
        const url = new URL(file, view.mediaUrl).href
        const [get, head] = await Promise.all(
          ['GET', 'HEAD'].map((method) => rawRequest(url, view.door.headers, method).answer),
        )
        expect(head?.status).toBe(200)
        expect(head?.body.length).toBe(0)
        for (const name of ['content-type', 'content-length', 'cache-control'])
          expect(head?.headers[name]).toBe(get?.headers[name])
      }
    }))

  test('a segment is its parts, and all that is listed can be loaded', () =>
    atBothDoors(async (view) => {
      const { segments } = await view.playlist()
      const load = (uri: string) => fetchBytes(new URL(uri, view.mediaUrl).href, view.door.headers)
      for (const { uri } of segments) expect((await load(uri)).length).toBeGreaterThan(0)
      const last = segments.at(-1)
      const parts = await Promise.all((last?.parts ?? []).map((part) => load(part.uri)))
      expect(Buffer.compare(Buffer.concat(parts), await load(last?.uri ?? ''))).toBe(0)
    }))

  test('media stays for its own duration and one playlist more after it has left, and then is 410', async () => {
    const [edge, origin] = views()
    const first = (await origin.playlist()).segments[0]
    if (!first) throw new Error('No segment')
    const hasLeft = async () => (await origin.playlist()).mediaSequence > first.msn
    while (!(await hasLeft())) await runOn()
    await runOn(WINDOW_SECONDS + first.duration - 2)
    expect((await origin.get(first.uri)).status).toBe(200)
    // The first part too: of all media it is the oldest, and no test before has put it into a cache.
    const partOf = (msn: number) => `part.${msn}.0.m4s`
    for (const { get } of [origin, edge]) expect((await get(partOf(first.msn))).status).toBe(200)
    await runOn(WINDOW_SECONDS / 2)
    for (const { get } of [origin, edge]) expect((await get(partOf(first.msn + 1))).status).toBe(410)
  })

  test('in mode normal whole segments only are listed and waited for', async () => {
    const plain = await goOnAirHeld(ready().installation, {
      fixture: 'fps-25',
      latencyMode: 'normal',
      mediaSeconds: 9,
    })
    try {
      const [edge, origin] = ready().doors.map((door) => viewOf(door, ready(), plain)) as [View, View]
      await standsStill(origin)
      const before = await origin.playlist()
      expect(before.partTarget).toBeUndefined()
      const msn = lastMsn(before) + 1
      const asked = [
        edge.get(`media.m3u8?_HLS_msn=${msn}`),
        origin.get(`media.m3u8?_HLS_msn=${msn}&_HLS_part=0`),
      ]
      await origin.playlist()
      const running = plain.runTo(12)
      for (const request of asked) expect(await (await request).text()).toContain(`\nseg.${msn}.m4s\n`)
      await running
      expect(offencesOf(await origin.playlist())).toEqual([])
    } finally {
      await plain.stop()
    }
  })

  test('after ENDLIST directives are ignored, nothing is promised, and all media is there', async () => {
    const ending = await goOnAirHeld(ready().installation, {
      fixture: 'video-only',
      latencyMode: 'low',
      mediaSeconds: 9,
    })
    await ending.stop()
    for (const view of ready().doors.map((door) => viewOf(door, ready(), ending))) {
      const ended = await eventually('the playlist ends', async () => {
        const playlist = await fetchPlaylist(view.mediaUrl, view.door.headers)
        return playlist.isEnded ? playlist : undefined
      })
      expect(offencesOf(ended)).toEqual([])
      for (const query of ['_HLS_msn=0', '_HLS_msn=99999&_HLS_part=7', '_HLS_skip=YES'])
        expect(await fetchPlaylist(`${view.mediaUrl}?${query}`, view.door.headers)).toEqual(ended)
      for (const { uri, isGap } of ended.segments)
        expect((await view.get(uri)).status).toBe(isGap ? 410 : 200)
    }
  })
}

function seenOf(query: string, { status, headers }: Response) {
  return { query, status, control: headers.get('cache-control') }
}
