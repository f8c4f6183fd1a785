/** What lies where in the one media file of a video. */
export interface RecordedInit {
  readonly offset: number
  readonly sizeBytes: number
  /** RFC 6381. */
  readonly codecs: string
  readonly width: number | undefined
  readonly height: number | undefined
}

/** In the order of the video, its place is its media sequence number. */
export interface RecordedSegment {
  readonly offset: number
  readonly sizeBytes: number
  readonly durationMs: number
  readonly initIndex: number
  readonly isDiscontinuity: boolean
  readonly isIndependent: boolean
  /** Unix ms of its first frame. */
  readonly programDateTimeMs: number
}

/** An alert that was shown. Never what it says: names go when their member does, and a recording stays. */
export interface RecordedAlert {
  /** Names the alert to whoever knows what it says (contracts/internal, ShownAlert). */
  readonly id: string
  /** In the time of the segments, Unix ms. */
  readonly startMs: number
  readonly durationMs: number
  /** The segment that was being written; in that order they are listed. */
  readonly segment: number
}

/** What can be played of a video, live or finished. */
export interface Timeline {
  readonly inits: readonly RecordedInit[]
  readonly segments: readonly RecordedSegment[]
  /** In order; absent: none. */
  readonly alerts?: readonly RecordedAlert[]
}
