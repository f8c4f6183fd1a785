import { expect, test } from 'vitest'
import { LiveWindow } from '../packager/window.ts'
import { Segmenter } from '../packager/segmenter.ts'
import { encode } from '../packager/synthetic.ts'
import { beside } from './beside.ts'
import { SOFTWARE_ENCODER } from './encoder.ts'
import { Ladder } from './ladder.ts'

test('a ladder that throws is left behind, and the source misses nothing', () => {
  const withdrawn: string[] = []
  const failures: string[] = []
  let opened = 0
  const ladder = new Ladder({
    rungs: ['audio'],
    ffmpegPath: 'ffmpeg',
    encoder: () => SOFTWARE_ENCODER,
    maxBehindMs: 1000,
    restartMs: 1000,
    now: () => 0,
    open: () => {
      opened++
      throw new RangeError('no room')
    },
    withdraw: (name) => withdrawn.push(name),
    onFailure: ({ kind, renditions }) => failures.push(`${kind} ${renditions.join(' ')}`),
  })
  const windowOf = () => new LiveWindow({ windowSeconds: 600, onAdvance: () => {} })
  const [alone, source] = [windowOf(), windowOf()]
  for (const sink of [alone, beside(source, ladder)]) {
    const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink })
    for (const message of encode({ seconds: 10, frameRate: 30 })) segmenter.write(message, 0)
    segmenter.finish()
  }
  const content = ({ listed }: LiveWindow) =>
    listed.map(({ parts, ...segment }) => [segment, parts.map(({ media }) => media.read())])
  expect(content(source)).toEqual(content(alone))
  expect(opened).toBe(1)
  expect(withdrawn).toEqual(['audio'])
  expect(failures).toEqual(['broken audio'])
  expect(ladder.hints).toEqual(['ladder_failed'])
})
