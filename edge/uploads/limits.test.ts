import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestStage } from '../runtimes/node/test-stage.ts'

const UPLOADS_AN_HOUR = 60

let stage: TestStage
beforeEach(async () => {
  stage = await TestStage.open()
})
afterEach(() => stage.close())

test('a channel begins so many uploads an hour, also when nothing becomes of them, and others theirs', async () => {
  const [one, other] = [await stage.channel('panggung-budi'), await stage.channel('panggung-rina')]
  const begin = async ({ slug, owner }: typeof one) => {
    const json = { fileName: 'film.mp4', sizeBytes: 10, modifiedAt: 1 }
    const { body } = await stage.send<{ code: string }>('POST', `/api/studio/${slug}/uploads`, {
      as: owner,
      json,
    })
    return body.code
  }
  // No origin is there: each attempt fails, leaves no row, and counts all the same.
  for (let count = 0; count < UPLOADS_AN_HOUR; count++) expect(await begin(one)).toBe('origin_unreachable')
  expect(await stage.platform.database.read({ sql: 'SELECT id FROM upload' })).toEqual([])
  expect(await begin(one)).toBe('rate_limited')
  expect(await begin(other)).toBe('origin_unreachable')
})
