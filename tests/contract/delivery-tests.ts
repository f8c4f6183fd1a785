import { describe, expect, test } from 'vitest'
import { ulid } from '../../shared/ids.ts'
import { ApiClient, codeOf } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { gate } from '../support/fake-origin.ts'
import { freshName } from '../support/people.ts'
import type { Ready } from './target.ts'

const TARGET = { 'x-target-duration': '4' }

export function addDeliveryTests(ready: Ready): void {
  const visitor = () => new ApiClient(ready().url)
  /** A rendition nobody has asked for, so that no test meets another's cache. */
  const freshRendition = () => {
    const id = ulid(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length)))
    const slug = freshName('kanal')
    // What the origin names is a broadcast, whatever the database knows.
    ready().origin.on(`/live/${slug}/index.m3u8`, {
      body: `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${id}/src/media.m3u8\n`,
      headers: TARGET,
    })
    return { slug, path: `/live/${slug}/${id}/src` }
  }
  const playlist = (msn: number, extra = '') =>
    `#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-PART-INF:PART-TARGET=0.333\n` +
    `#EXT-X-MEDIA-SEQUENCE:${msn}\n#EXTINF:4,\nseg.${msn}.m4s\n${extra}`

  describe('delivery', () => {
    test('the origin is asked once, with the secret of the edge and nothing of the viewer', async () => {
      const { origin, originSecret } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/seg.7.m4s`, { body: 'tujuh', headers: TARGET })
      const get = () =>
        visitor().send('GET', `${path}/seg.7.m4s?siapa=saya&_HLS_msn=1`, {
          headers: { cookie: 'rahasia=1', 'x-rahasia': '1', authorization: 'Bearer penonton' },
        })
      const [first, second] = [await get(), await get()]
      expect([first.text, second.text]).toEqual(['tujuh', 'tujuh'])
      const asked = origin.requestsFor(`${path}/seg.7.m4s`)
      expect(asked).toHaveLength(1)
      expect(asked[0]?.headers['authorization']).toBe(`Bearer ${originSecret}`)
      expect(asked[0]?.headers['cookie']).toBeUndefined()
      expect(asked[0]?.headers['x-rahasia']).toBeUndefined()
    })

    test.each(['part.3.1.m4s', 'media.m3u8?_HLS_msn=3&_HLS_part=1'])(
      'equal requests in flight share one fill: %s',
      async (name) => {
        const { origin } = ready()
        const { path } = freshRendition()
        const door = gate()
        origin.on(`${path}/${name}`, async () => {
          await door.opened
          return { body: playlist(2), headers: TARGET }
        })
        const answers = Array.from({ length: 20 }, () => visitor().send('GET', `${path}/${name}`))
        await eventually('the origin is asked', () => origin.requestsFor(`${path}/${name}`).length > 0)
        door.open()
        for (const answer of await Promise.all(answers)) expect(answer.text).toBe(playlist(2))
        expect(origin.requestsFor(`${path}/${name}`)).toHaveLength(1)
      },
    )

    test('nothing that the origin sets for one viewer reaches anybody', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/seg.4.m4s`, {
        body: 'x',
        headers: { ...TARGET, 'set-cookie': 'sesi=1', 'x-rahasia': '1', vary: 'Cookie' },
      })
      for (const _visit of [1, 2]) {
        const { headers } = await visitor().send('GET', `${path}/seg.4.m4s`)
        expect([headers.get('set-cookie'), headers.get('x-rahasia'), headers.get('vary')]).toEqual([
          null,
          null,
          null,
        ])
      }
    })

    test('HEAD says what GET does and sends nothing; a preflight allows both', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/seg.6.m4s`, { body: 'enam', headers: TARGET })
      const head = await visitor().send('HEAD', `${path}/seg.6.m4s`)
      expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '4'])
      const preflight = await visitor().send('OPTIONS', `${path}/seg.6.m4s`)
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-methods')).toMatch(/GET, HEAD/)
    })

    test('a viewer who leaves takes nothing from those who wait', async () => {
      const { origin, url } = ready()
      const { path } = freshRendition()
      const door = gate()
      origin.on(`${path}/part.3.1.m4s`, async () => {
        await door.opened
        return { body: 'bagian', headers: TARGET }
      })
      const leaving = new AbortController()
      const left = fetch(`${url}${path}/part.3.1.m4s`, { signal: leaving.signal }).catch(() => 'left')
      await eventually('the origin is asked', () => origin.requestsFor(`${path}/part.3.1.m4s`).length > 0)
      const staying = Array.from({ length: 3 }, () => visitor().send('GET', `${path}/part.3.1.m4s`))
      leaving.abort()
      expect(await left).toBe('left')
      // Whoever comes after that one is gone waits for the same answer.
      staying.push(visitor().send('GET', `${path}/part.3.1.m4s`))
      // A request of theirs is at the edge once another answer of it has come.
      await visitor().send('GET', '/health')
      door.open()
      for (const answer of await Promise.all(staying)) expect(answer.text).toBe('bagian')
      expect(origin.requestsFor(`${path}/part.3.1.m4s`)).toHaveLength(1)
    })

    test('an origin that never answers releases those who wait, and the next request asks again', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      const door = gate()
      const target = `${path}/media.m3u8?_HLS_msn=4&_HLS_part=0`
      origin.on(target, async () => {
        await door.opened
        return { status: 503 }
      })
      const answers = await Promise.all([1, 2, 3].map(() => visitor().send('GET', target)))
      for (const answer of answers) {
        expect(codeOf(answer)).toBe('held_too_long')
        expect(answer.headers.get('cache-control')).toBe('no-store')
        expect(answer.headers.get('retry-after')).not.toBeNull()
      }
      expect(origin.requestsFor(target)).toHaveLength(1)
      door.open()
      origin.on(target, { body: playlist(3), headers: TARGET })
      expect((await visitor().send('GET', target)).status).toBe(200)
    })

    test('segments and parts may be kept for ever, playlists briefly, failures not at all', async () => {
      const { origin } = ready()
      const { path, slug } = freshRendition()
      for (const name of ['init.0.mp4', 'seg.1.m4s', 'part.2.0.m4s'])
        origin.on(`${path}/${name}`, { body: 'x' })
      origin.on(`${path}/media.m3u8`, { body: playlist(1), headers: TARGET })
      origin.on(`${path}/media.m3u8?_HLS_msn=1&_HLS_part=0`, { body: playlist(1), headers: TARGET })
      const control = async (target: string) =>
        (await visitor().send('GET', target)).headers.get('cache-control')
      expect(await control(`/live/${slug}/index.m3u8`)).toBe('public, max-age=1')
      for (const name of ['init.0.mp4', 'seg.1.m4s', 'part.2.0.m4s'])
        expect(await control(`${path}/${name}`)).toMatch(/^public, max-age=\d{4,}, immutable$/)
      expect(await control(`${path}/media.m3u8?_HLS_msn=1&_HLS_part=0`)).toBe('public, max-age=24')
      expect(await control(`${path}/media.m3u8`)).toBe('public, max-age=2')
      expect(await control(`${path}/seg.99.m4s`)).toBe('no-store')
      expect(await control(`/live/${freshName('sepi')}/index.m3u8`)).toBe('no-store')
    })

    test('an answer about the future is asked again, so it cannot poison the live edge', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      for (const name of ['seg.5.m4s', 'part.5.2.m4s']) {
        origin.on(`${path}/${name}`, { status: 404 })
        expect(codeOf(await visitor().send('GET', `${path}/${name}`))).toBe('not_found')
        origin.on(`${path}/${name}`, { body: 'sudah ada' })
        expect((await visitor().send('GET', `${path}/${name}`)).text).toBe('sudah ada')
      }
    })

    test('Age adds up across tiers and other sites may read it', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/seg.2.m4s`, { body: 'x', headers: { age: '41' } })
      const answer = await visitor().send('GET', `${path}/seg.2.m4s`)
      expect(Number(answer.headers.get('age'))).toBeGreaterThanOrEqual(41)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      const exposed = answer.headers.get('access-control-expose-headers')?.split(', ')
      expect(exposed).toEqual(expect.arrayContaining(['age', 'date', 'content-length']))
    })

    test('a hit says what the fill said, and HEAD says it without the body', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      const body = 'bagian '.repeat(1000)
      origin.on(`${path}/part.2.0.m4s`, { body, headers: TARGET })
      const named = ['content-type', 'cache-control', 'access-control-allow-origin', 'x-content-type-options']
      const get = async (method: string, headers: Record<string, string> = {}) => {
        const answer = await visitor().send(method, `${path}/part.2.0.m4s`, { headers })
        return [answer.status, answer.text, ...named.map((name) => answer.headers.get(name))]
      }
      const filled = await get('GET')
      expect(filled.slice(0, 3)).toEqual([200, body, 'video/mp4'])
      expect(await get('GET')).toEqual(filled)
      expect(await get('GET', { 'cache-control': 'no-cache', cookie: 'a=b' })).toEqual(filled)
      expect(await get('HEAD')).toEqual(filled.with(1, ''))
      expect(origin.requestsFor(`${path}/part.2.0.m4s`)).toHaveLength(1)
    })

    test('directives count in any order, everything else in the query not at all', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      const canonical = `${path}/media.m3u8?_HLS_msn=4&_HLS_part=2`
      origin.on(canonical, { body: playlist(3), headers: TARGET })
      for (const query of [
        '_HLS_part=2&_HLS_msn=4',
        '_HLS_msn=4&x=1&_HLS_part=2',
        '_HLS_msn=4&CMCD=sid%3D%22a%22&_HLS_part=2',
      ])
        for (const base of [path, path.replace('/live/', '/live/~a.b.c/')])
          expect((await visitor().send('GET', `${base}/media.m3u8?${query}`)).status).toBe(200)
      expect(origin.requestsFor(canonical)).toHaveLength(1)
    })

    test.each(['_HLS_msn=-1', '_HLS_msn=1&_HLS_msn=2', '_HLS_part=1', '_HLS_msn=1e3', '_HLS_skip=MAYBE'])(
      'the directive %s is refused without asking the origin',
      async (query) => {
        const { origin } = ready()
        const { path } = freshRendition()
        expect(codeOf(await visitor().send('GET', `${path}/media.m3u8?${query}`))).toBe('bad_request')
        expect(origin.requests.filter((request) => request.target.startsWith(path))).toEqual([])
      },
    )

    test('a request too far ahead is refused by the edge itself', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/media.m3u8`, { body: playlist(10), headers: TARGET })
      await visitor().send('GET', `${path}/media.m3u8`)
      expect(codeOf(await visitor().send('GET', `${path}/media.m3u8?_HLS_msn=1000`))).toBe('too_far_ahead')
      expect(origin.requests.some((request) => request.target.includes('_HLS_msn=1000'))).toBe(false)
    })

    test('a flood of invented names is bounded at the origin', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/media.m3u8`, { body: playlist(10), headers: TARGET })
      await visitor().send('GET', `${path}/media.m3u8`)
      const before = origin.requests.length
      await Promise.all(
        Array.from({ length: 40 }, (_each, index) =>
          visitor().send('GET', `${path}/media.m3u8?_HLS_msn=${100 + index}`),
        ),
      )
      expect(origin.requests.length).toBe(before)
    })

    test.each([
      '/live/../internal/status',
      '/live/%2e%2e/secret',
      '/live/kanal/index.m3u8/..',
      '/live//index.m3u8',
      '/live/KANAL/index.m3u8',
      '/vod/apa/index.m3u8',
    ])('%s is outside the grammar', async (target) => {
      const before = ready().origin.requests.length
      const answer = await visitor().send('GET', target)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(ready().origin.requests.length).toBe(before)
    })

    test('a failing origin is a clear answer that nobody keeps', async () => {
      const { origin } = ready()
      const { path } = freshRendition()
      origin.on(`${path}/seg.1.m4s`, { status: 500 })
      const answer = await visitor().send('GET', `${path}/seg.1.m4s`)
      expect(codeOf(answer)).toBe('origin_unreachable')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('retry-after')).not.toBeNull()
    })
  })
}
