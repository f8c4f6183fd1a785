import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPublisher } from '../rtmp-client/publisher.ts'
import { type Rig, startRig } from './rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

const PINO_WARN = 40

test('a publisher refused here is one line that the default log level shows', async () => {
  await expect(
    connectPublisher({ host: '127.0.0.1', port: rig.port, app: 'live', streamName: 'kunci-salah' }),
  ).rejects.toMatchObject({
    code: 'NetStream.Publish.Unauthorized',
    description: 'No valid stream key. Copy the whole key from the studio.',
  })
  const lines = rig.log
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes('publisher refused'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([{ level: PINO_WARN, times: 1, reason: expect.any(String) }])
})
