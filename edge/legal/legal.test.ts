import { afterEach, beforeEach, expect, test } from 'vitest'
import { LEGAL_PAGES, type LegalPage } from '../../shared/contracts/legal.ts'
import { readSimpleText } from '../../shared/simple-text.ts'
import { createTestEdge, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
})
afterEach(() => edge.platform.close())

const change = (who: Visitor, text: string, version: number, language = 'id') =>
  who.send('PUT', '/api/admin/legal/terms', { language, text, version })

test('an installation begins with texts of its own in both languages', async () => {
  for (const name of LEGAL_PAGES) {
    const pages = await Promise.all(
      ['id', 'en'].map(
        async (language) =>
          (await edge.visitor().get(`/api/legal/${name}?language=${language}`)).body as LegalPage,
      ),
    )
    expect(pages).toMatchObject([
      { version: 0, updatedAt: null },
      { version: 0, updatedAt: null },
    ])
    const [id, en] = pages.map(({ text }) => readSimpleText(text).map(({ kind }) => kind))
    expect(id).toEqual(en)
  }
})

test('every version is kept, and of two admins at once one is told', async () => {
  const first = 'Ketentuan baru untuk semua orang.'
  expect((await change(admin, first, 0)).body).toMatchObject({ version: 1, text: first })
  const both = await Promise.all([1, 2].map((index) => change(admin, `${first} Versi ${index}`, 1)))
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  expect((await change(admin, first, 7)).body).toMatchObject({ code: 'conflict' })
  const visitor = edge.visitor()
  expect((await visitor.get('/api/legal/terms')).body).toMatchObject({ version: 2 })
  expect((await visitor.get('/api/legal/terms?version=1')).body).toMatchObject({ text: first })
  expect((await visitor.get('/api/legal/terms?version=3')).status).toBe(404)
  expect((await visitor.get('/api/legal/terms?language=en')).body).toMatchObject({ version: 0 })
  expect((await visitor.get('/api/legal/terms?version=0')).body).toMatchObject({
    version: 0,
    updatedAt: null,
  })
})

test('only an admin writes, and only what fits', async () => {
  expect((await change(edge.visitor(), 'Ketentuan dari orang lain.', 0)).status).toBe(401)
  expect((await change(admin, 'pendek', 0)).body).toMatchObject({ fields: { text: 'too_short' } })
  expect((await change(admin, 'x'.repeat(30_001), 0)).body).toMatchObject({ fields: { text: 'too_long' } })
  expect((await change(admin, '😀'.repeat(100_000), 0)).status).toBe(413)
  expect((await change(admin, 'Bahasa yang tidak ada di sini.', 0, 'fr')).status).toBe(422)
  expect((await edge.visitor().get('/api/legal/imprint')).status).toBe(404)
  for (const path of ['/terms', '/privacy', '/refunds'])
    expect((await edge.visitor().get(path)).text).toBe('/legal.html')
})
