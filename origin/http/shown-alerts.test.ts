/** Alerts that edges report as shown, and their way into the playlist. */
import { afterEach, expect, test } from 'vitest'
import { encode } from '../packager/synthetic.ts'
import { BROADCAST, SECRETS, originKeeper, type TestOrigin, write } from './test-origin.ts'

const { origin, close } = originKeeper()
afterEach(close)

const ALERT = {
  id: '01jd3v2k8m0000000000000009.abc',
  kind: 'donation',
  senderName: 'Bu "Rini"',
  message: 'halo\r\n#EXT-X-ENDLIST',
  amountRupiah: 25_000,
  durationMs: 8_000,
}
const tellAlert = (get: TestOrigin['get'], body: unknown, headers = {}, id = BROADCAST) =>
  get(`/internal/broadcasts/${id}/alerts`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${SECRETS[0]}`, ...headers },
  })

test('an alert that is shown now is in the next playlist, once, at the newest moment of the media', async () => {
  const { stream, get, media } = await origin({ windowSeconds: 60 })
  const messages = encode({ seconds: 70, frameRate: 30 })
  const before = messages.findIndex((each) => 'dtsMs' in each && each.dtsMs > 60_000)
  write(stream, messages.slice(0, before))
  const old = await (await get(`${media}/media.m3u8`)).text()
  expect((await tellAlert(get, ALERT)).status).toBe(204)
  expect(await (await get(`${media}/media.m3u8`)).text()).toBe(old)
  write(stream, messages.slice(before))
  expect((await tellAlert(get, ALERT)).status).toBe(204)
  for (const query of ['', '?_HLS_skip=YES']) {
    const text = await (await get(`${media}/media.m3u8${query}`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('X-PANGGUNG-NAME="Bu ”Rini”",X-PANGGUNG-MESSAGE="halo #EXT-X-ENDLIST"')
    expect(text).not.toMatch(/^#EXT-X-ENDLIST/m)
    expect(text.includes('#EXT-X-SKIP')).toBe(query !== '')
  }
})

test('an alert is taken from edges only, of a broadcast that is on air, and only in its form', async () => {
  const { stream, get } = await origin()
  expect((await tellAlert(get, ALERT)).status).toBe(404)
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  expect((await tellAlert(get, ALERT, { authorization: 'Bearer wrong' })).status).toBe(403)
  expect((await tellAlert(get, ALERT, {}, '01jd3v2k8m0000000000000002')).status).toBe(404)
  for (const broken of [
    '',
    '{',
    'null',
    { ...ALERT, id: 'a"b' },
    { ...ALERT, durationMs: 1e9 },
    { ...ALERT, more: 1 },
  ])
    expect((await tellAlert(get, broken)).status).toBe(422)
  expect((await tellAlert(get, 'x'.repeat(9_000))).status).toBe(413)
  stream.end()
  expect((await tellAlert(get, ALERT)).status).toBe(404)
})
