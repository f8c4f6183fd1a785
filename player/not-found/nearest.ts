/** Channels whose address looks like what somebody typed. */
import type { ChannelCard } from '../../shared/contracts/channels.ts'

const MAX_SUGGESTIONS = 3
/** A name has at most 32 characters; what is longer is no slip of a channel's name. */
const MAX_TYPED_CHARS = 40

type Named = Pick<ChannelCard, 'slug' | 'title'>

/** @param path of the address, e.g. `/c/dewii/donate` */
export function nearestChannels<Channel extends Named>(
  path: string,
  channels: readonly Channel[],
): readonly Channel[] {
  const words = path
    .toLowerCase()
    .split('/')
    .filter((word) => word.length > 1 && word.length <= MAX_TYPED_CHARS && !PARTS_OF_ADDRESSES.has(word))
    .slice(0, 4)
  return channels
    .map((channel) => ({ channel, distance: Math.min(...words.map((word) => distance(word, channel.slug))) }))
    .filter((each) => each.distance < 1)
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ channel }) => channel)
}

const PARTS_OF_ADDRESSES = new Set(['donate', 'studio', 'overlay', 'live'])

/** 0 for the same, below 1 for what may be a slip: a part of the name, or a letter in three that differs. */
function distance(typed: string, slug: string): number {
  if (slug.includes(typed) || typed.includes(slug)) return Math.abs(slug.length - typed.length) / 100
  return edits(typed, slug) / (Math.max(typed.length, slug.length) / 3 + 1)
}

/** Levenshtein's distance, one row at a time. */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column++)
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + (one[index] === other[column - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}
