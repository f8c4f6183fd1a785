import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FlvTag } from '../ingest/flv.ts'
import { Link } from './link.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const TAG: FlvTag = { type: 9, timestamp: 0, payload: Uint8Array.of(1) }

function link() {
  const sent: string[] = []
  const publisher = {
    queuedBytes: 0,
    sentBytes: 0,
    isAborted: false,
    send: ({ timestamp }: FlvTag) => void sent.push(String(timestamp)),
    abort: () => {
      publisher.isAborted = true
    },
    close: async () => undefined,
  }
  let moved = 0
  const made = new Link(publisher, { stallMs: 1000, onMoved: () => void moved++ })
  return { link: made, publisher, sent, moves: () => moved }
}

test('when the queue is full everything is left out up to the next key frame that finds room', () => {
  const { link: made, publisher, sent } = link()
  const write = (timestamp: number, kind: 'key' | 'frame') => made.write({ ...TAG, timestamp }, kind)
  write(1, 'key')
  publisher.queuedBytes = 5e6
  write(2, 'frame')
  publisher.queuedBytes = 0
  write(3, 'frame')
  publisher.queuedBytes = 5e6
  write(4, 'key')
  publisher.queuedBytes = 0
  write(5, 'frame')
  write(6, 'key')
  write(7, 'frame')
  expect(sent).toEqual(['1', '6', '7'])
})

test('a configuration is sent even then, but not without end', () => {
  const { link: made, publisher, sent } = link()
  publisher.queuedBytes = 5e6
  made.write({ ...TAG, timestamp: 1 }, 'video-config')
  expect(sent).toEqual(['1'])
  publisher.queuedBytes = 9e6
  made.write(TAG, 'video-config')
  expect(publisher.isAborted).toBe(true)
})

test('a server that takes nothing while something waits is left', () => {
  const { publisher, moves } = link()
  publisher.sentBytes = 10
  publisher.queuedBytes = 10
  vi.advanceTimersByTime(1000)
  expect([moves(), publisher.isAborted]).toEqual([1, false])
  publisher.queuedBytes = 0
  vi.advanceTimersByTime(1000)
  expect(publisher.isAborted).toBe(false)
  publisher.queuedBytes = 1
  vi.advanceTimersByTime(1000)
  expect(publisher.isAborted).toBe(true)
})
