import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTooOld, mustReserve, reserve, type Reservation, resumePoint } from './saved-broadcast.ts'

const used = { initIndex: 1, discontinuityCount: 0, partTarget: undefined, programDateTime: undefined }
const SAVED = {
  broadcastId: '01jd3v2k8m0000000000000001',
  originId: 'main',
  channelId: '01jd3v2k8m0000000000000009',
  jti: '01jd3v2k8m0000000000000008',
  slug: 'budi',
  startedAt: 1000,
  latencyMode: 'low',
  targetDurationSeconds: 4,
} as const
const partTarget = { nominalMs: 333, minimumMs: 300, advertisedMs: 334, frameMs: 33 }

test('no number is used before it was reserved, whatever each segment begins with', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ isInit: fc.boolean(), isCut: fc.boolean() }), { maxLength: 200 }),
      (segments) => {
        let now = { ...used, msn: 0, initIndex: 0 }
        let reserved: Reservation = reserve(now)
        for (const { isInit, isCut } of segments) {
          expect(now.msn).toBeLessThan(reserved.msn)
          expect(now.initIndex).toBeLessThan(reserved.initIndex)
          expect(now.discontinuityCount).toBeLessThan(reserved.discontinuitySequence)
          now = {
            ...now,
            msn: now.msn + 1,
            initIndex: now.initIndex + Number(isInit),
            discontinuityCount: now.discontinuityCount + Number(isCut),
          }
          if (mustReserve(reserved, now)) reserved = reserve(now)
        }
      },
    ),
  )
})

test('a restart uses no number again, whichever reservations the disk refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ durationMs: fc.integer({ min: 100, max: 4500 }), isWritten: fc.boolean() }), {
        maxLength: 200,
      }),
      (segments) => {
        let nowMs = 1_000_000
        let now = { ...used, msn: 0, initIndex: 0 }
        let reserved = reserve(now)
        let onDisk = { ...reserved, savedAt: nowMs }
        for (const { durationMs, isWritten } of segments) {
          nowMs += durationMs
          now = { ...now, msn: now.msn + 1, initIndex: now.initIndex + 1, discontinuityCount: now.msn + 1 }
          if (mustReserve(reserved, now)) {
            reserved = reserve(now)
            if (isWritten) onDisk = { ...reserved, savedAt: nowMs }
          }
          const resumed = resumePoint({ ...SAVED, ...onDisk }, nowMs)
          expect(resumed.msn).toBeGreaterThan(now.msn)
          expect(resumed.initIndex).toBeGreaterThan(now.initIndex)
          expect(resumed.discontinuitySequence).toBeGreaterThan(now.discontinuityCount)
        }
      },
    ),
  )
  // A clock that was set back never leads below what was reserved.
  expect(resumePoint({ ...SAVED, ...reserve({ ...used, msn: 5 }), savedAt: 2000 }, 1000).msn).toBe(21)
})

test('it is written once for several segments, and once more when the part target is known', () => {
  const writes = [] as number[]
  let reserved: Reservation | undefined
  for (let msn = 0; msn < 80; msn++) {
    const now = { ...used, msn, partTarget: msn > 0 ? partTarget : undefined }
    // As often as parts are cut.
    for (let part = 0; part < 6; part++) {
      if (!mustReserve(reserved, now)) continue
      reserved = reserve(now)
      writes.push(msn)
    }
  }
  expect(writes).toEqual([0, 1, 9, 17, 25, 33, 41, 49, 57, 65, 73])
})

test('only a block that was written while the broadcast could still be on air is continued', () => {
  const saved = { savedAt: 1_000_000, targetDurationSeconds: 4 }
  const isOldAfter = (seconds: number) =>
    isTooOld(saved, { nowMs: saved.savedAt + seconds * 1000, graceMs: 60_000 })
  expect(isOldAfter(0)).toBe(false)
  // Written at the start of a block of the longest segments, and away for all of the grace time.
  expect(isOldAfter(8 * 4.5 + 60)).toBe(false)
  expect(isOldAfter(9 * 4.5 + 61)).toBe(true)
})
