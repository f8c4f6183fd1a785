/** The product's own playlists and media, as a strict player sees them at the origin and through the edge. */
import { afterAll, beforeAll, describe } from 'vitest'
import { addDeliveryTests } from './delivery-tests.ts'
import { addMediaTests } from './media-tests.ts'
import { addRecordedTests } from './recorded-tests.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage
/** Twice what all recordings take when each is as long as it may be. */
const STAGE_DEADLINE_MS = 300_000
beforeAll(async () => {
  stage = await setStage()
}, STAGE_DEADLINE_MS)
afterAll(() => stage.stop())

describe('playlists', () => {
  addRecordedTests(() => stage.recordings)
})
describe('media', () => {
  addMediaTests(() => stage.recordings)
})
describe('delivery', () => {
  addDeliveryTests(() => stage)
})
