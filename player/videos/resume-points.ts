/** Where this browser left off in videos that it has not watched to the end. */
import * as v from 'valibot'
import { Id } from '../../shared/contracts/fields.ts'
import type { Store } from '../lib/storage.ts'

const KEPT = 'panggung.resume'
const MAX_VIDEOS = 50
/** So close to the start or the end nothing is lost by beginning anew. */
const EDGE_SECONDS = 15

/** Oldest first. */
const Points = v.array(v.tuple([Id, v.pipe(v.number(), v.minValue(0))]))
type Points = v.InferOutput<typeof Points>

/** @returns seconds; 0 where nobody left off, or where the video is over by now */
export function resumeAt(storage: Store, id: string, durationSeconds: number): number {
  const seconds = read(storage).find(([each]) => each === id)?.[1] ?? 0
  return isBetween(seconds, durationSeconds) ? seconds : 0
}

export function leaveOff(storage: Store, id: string, at: { seconds: number; duration: number }): void {
  const others = read(storage).filter(([each]) => each !== id)
  const point: Points[number] = [id, Math.floor(at.seconds)]
  const points = isBetween(at.seconds, at.duration) ? [...others, point].slice(-MAX_VIDEOS) : others
  try {
    storage.setItem(KEPT, JSON.stringify(points))
  } catch {
    // A store that is full keeps what it had; the video begins at its start.
  }
}

function isBetween(seconds: number, duration: number): boolean {
  return seconds >= EDGE_SECONDS && seconds <= duration - EDGE_SECONDS
}

function read(storage: Store): Points {
  try {
    const kept = v.safeParse(Points, JSON.parse(storage.getItem(KEPT) ?? '[]'))
    return kept.success ? kept.output : []
  } catch {
    return []
  }
}
