/** Rules that are seen in what a player was given: one test for each, over every kind of stream, at both doors. */
import { expect, test } from 'vitest'
import { changesBetween, SUCCESSION_RULES } from './succession-rules.ts'
import { offencesOf, PLAYLIST_RULES } from './playlist-rules.ts'
import { playlistsOfBestStretch, STRETCH_PARTS, STRETCH_PLAYLISTS } from './part-stretch.ts'
import type { Recording } from './stage.ts'

export function addRecordedTests(recordings: () => readonly Recording[]): void {
  const faultsOf = (find: (recording: Recording) => Iterable<unknown>) =>
    recordings().flatMap((recording) =>
      [...find(recording)].map((fault) => ({ name: recording.name, fault })),
    )

  test.each(Object.keys(PLAYLIST_RULES))('%s', (rule) => {
    // One rendition each: there is no other to report.
    const faults = faultsOf(({ reading }) =>
      reading.playlists.flatMap((playlist) => offencesOf(playlist, { otherRenditions: [] })),
    )
    expect(faults.filter(({ fault }) => (fault as { rule: string }).rule === rule)).toEqual([])
  })

  test.each(Object.keys(SUCCESSION_RULES))('%s', (rule) => {
    const faults = faultsOf(({ reading }) =>
      reading.playlists.slice(1).flatMap((after, index) => {
        const before = reading.playlists[index]
        return before ? changesBetween(before, after) : []
      }),
    )
    expect(faults.filter(({ fault }) => (fault as { rule: string }).rule === rule)).toEqual([])
  })

  test('PART-TARGET fits the latency mode and whole frames', () => {
    const faults = faultsOf(function* ({ reading, partTarget }) {
      const target = reading.playlists[0]?.partTarget ?? 0
      if (target < partTarget.least || target > partTarget.most) yield target
    })
    expect(faults).toEqual([])
  })

  test('every part appears by itself, and segments of several follow each other', () => {
    const faults = faultsOf(function* ({ reading: { playlists, parts } }) {
      const most = playlistsOfBestStretch(parts)
      if (most < STRETCH_PLAYLISTS)
        yield `at most ${most} playlists for ${STRETCH_PARTS} of ${parts.length} parts`
      if (!playlists.at(-1)?.segments.some((segment) => segment.parts.length > 3)) yield 'no segment of parts'
    })
    expect(faults).toEqual([])
  })

  // 6.2.1, as far as a player sees it without a clock; delivery tests say when a segment must have come.
  test('parts never go on for more than 1.5 target durations without a new segment', () => {
    const faults = faultsOf(function* ({ reading: { playlists } }) {
      for (const { openParts, targetDuration } of playlists) {
        const seconds = openParts.reduce((sum, { duration }) => sum + duration, 0)
        if (seconds > 1.5 * targetDuration) yield `${seconds.toFixed(1)} s`
      }
    })
    expect(faults).toEqual([])
  })

  test('the variant says what the media is: codecs, size, frame rate, bandwidth', () => {
    const faults = faultsOf(function* ({ reading, kinds }) {
      const { attributes } = reading.variant
      if (attributes['CODECS']?.split(',').length !== kinds.length) yield attributes['CODECS']
      const hasVideo = kinds.includes('video')
      if (hasVideo !== (attributes['RESOLUTION'] !== undefined)) yield attributes['RESOLUTION']
      if (hasVideo !== (attributes['FRAME-RATE'] !== undefined)) yield attributes['FRAME-RATE']
      if (!(Number(attributes['BANDWIDTH']) > 10_000)) yield attributes['BANDWIDTH']
    })
    expect(faults).toEqual([])
  })

  test('Content-Type tells playlists and media apart', () => {
    const faults = faultsOf(function* ({ reading }) {
      for (const { target, headers } of reading.answers) {
        const expected = target.includes('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4'
        if (headers.get('content-type') !== expected) yield `${target}: ${headers.get('content-type')}`
      }
    })
    expect(faults).toEqual([])
  })

  // Appendix B, for a target duration of 4 s.
  test('Cache-Control: blocking playlists 6 target durations, plain ones half of one, media for ever', () => {
    const faults = faultsOf(function* ({ reading }) {
      for (const { target, headers } of reading.answers) {
        const control = headers.get('cache-control') ?? ''
        if (!lifeOf(target).test(control)) yield `${target}: ${control}`
      }
    })
    expect(faults).toEqual([])
  })
}

function lifeOf(target: string): RegExp {
  if (target.endsWith('/index.m3u8')) return /^public, max-age=1$/
  if (target.includes('_HLS_msn=')) return /^public, max-age=24$/
  if (target.endsWith('/media.m3u8')) return /^public, max-age=2$/
  return /^public, max-age=\d{4,}, immutable$/
}
