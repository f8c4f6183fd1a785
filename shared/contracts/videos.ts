/**
 * Public:
 *   GET  /api/videos             ?channel=SLUG&topic=T&q=WORDS&before=ID → VideoList: published public ones, newest first
 *   GET  /api/videos/:id         Video
 *   POST /api/videos/:id/viewers   AskToWatch → 201 ViewerPass (contracts/viewers), for the media of a video for members
 *   GET  /api/videos/:id/alerts  ?ids=ID,ID,… → VideoAlerts: what alerts of its playlist say, of those that may still be told
 *   POST /api/videos/:id/views   → 204: somebody began to watch; counted once in a while for one address
 * For a channel's owner and operators:
 *   GET    /api/studio/:slug/videos       contracts/video-library
 *   PATCH  /api/studio/:slug/videos/:id   ChangeVideo → StudioVideo; 409 video_taken_down
 *   DELETE /api/studio/:slug/videos/:id   → 204; 409 video_in_progress while its broadcast is on air      (owner)
 *   GET    /api/studio/:slug/retention    RetentionRule
 *   PUT    /api/studio/:slug/retention    RetentionRule → RetentionRule                                   (owner)
 *   GET    /api/studio/:slug/videos/:id   StudioVideo
 *   POST   /api/studio/:slug/videos/:id/viewers   → 201 ViewerPass: plays drafts too, and what was cut off
 *   PUT    /api/studio/:slug/videos/:id/cut       CutVideo → StudioVideo; nothing is deleted
 *   DELETE /api/studio/:slug/videos/:id/cut       → StudioVideo: the whole again
 *   PUT    /api/studio/:slug/videos/:id/picture   bytes of VIDEO_PICTURE_TYPES → StudioVideo
 *   PUT    /api/studio/:slug/videos/:id/picture/moment   ChoosePicture → StudioVideo; 404 where none can be drawn
 *   PUT    /api/studio/:slug/videos/:id/captions  ?language&label (AddCaptions), bytes → StudioVideo; replaces that label
 *   DELETE /api/studio/:slug/videos/:id/captions/:id   → StudioVideo
 *   PUT    /api/studio/:slug/videos/:id/chapters  PutChapters → StudioVideo
 *   DELETE /api/studio/:slug/videos/:id/picture   → StudioVideo: the one that was drawn again
 *   POST   /api/studio/:slug/marks   MarkMoment → 204: this moment of what is on air becomes a chapter of the recording
 * For admins, of the whole installation:
 *   GET, PUT /api/admin/retention         RetentionRule
 *   GET      /api/admin/storage           StorageProblems
 * As one MP4, with the cut: GET /api/videos/:id/download when its channel allows it, and
 *   GET /api/studio/:slug/videos/:id/download for its people; 409 when the encoder changed its format in the middle
 *
 * The media of a video has the HLS grammar under /vod/ (shared/hls-path).
 */
import * as v from 'valibot'
import { AlertChaptersFrom, Visibility } from './channels.ts'
import { Id, Instant, line, paragraph, Slug } from './fields.ts'
import { StorageProblem } from '../storage/problem.ts'
import { VideoStorageState } from './internal.ts'

export const VIDEO_TITLE_MAX_CHARS = 100
export const VIDEO_DESCRIPTION_MAX_CHARS = 2000
export const VIDEO_TOPIC_MAX_CHARS = 40
export const VIDEO_SEARCH_MAX_CHARS = 80
/** Of one page of a list. */
export const VIDEOS_PER_PAGE = 24

/** `recording`: its broadcast is on air, or was a moment ago. */
const VideoState = v.picklist(['recording', 'ready'])

export const VideoCard = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  /** '': never named; pages show when it was made. */
  title: v.string(),
  topic: v.string(),
  /** Unix ms of its first picture. */
  startedAt: Instant,
  durationMs: v.number(),
  views: v.number(),
  stillUrl: v.nullable(v.string()),
})
export type VideoCard = v.InferOutput<typeof VideoCard>

export const VideoList = v.object({
  videos: v.array(VideoCard),
  /** In use, those with the newest videos first; of the whole list, whatever was searched for. */
  topics: v.array(v.string()),
})
export type VideoList = v.InferOutput<typeof VideoList>

/** Subtitles of a video; their times are those of what viewers see. */
export const Caption = v.object({
  /** Another one after it was replaced. */
  id: v.number(),
  /** BCP 47. */
  language: v.string(),
  /** What viewers choose it by; no two of a video have the same. */
  label: v.string(),
  /** Address of its WebVTT. */
  url: v.string(),
})
export type Caption = v.InferOutput<typeof Caption>

/** From where it begins to the next one. */
export const Chapter = v.object({ startMs: v.number(), label: v.string() })
export type Chapter = v.InferOutput<typeof Chapter>

/** Of one video. */
export const MAX_ALERT_CHAPTERS = 20
/** A larger alert that the recording shows. */
export const AlertChapter = v.object({
  startMs: v.number(),
  /** null: anonymous. */
  senderName: v.nullable(v.string()),
  amountRupiah: v.number(),
})
export type AlertChapter = v.InferOutput<typeof AlertChapter>

export const Video = v.object({
  ...VideoCard.entries,
  description: v.string(),
  state: VideoState,
  /** Address of its multivariant playlist. */
  playlist: v.string(),
  /** It is for members: its addresses need a viewer token in their path. */
  needsToken: v.boolean(),
  /** Whoever may watch it may keep it: GET /api/videos/:id/download. */
  isDownloadable: v.boolean(),
  captions: v.array(Caption),
  /** Those that begin in what viewers see, in its time and order. */
  chapters: v.array(Chapter),
  /** As `chapters`, of what may still be told; in lists of videos none. */
  alertChapters: v.array(AlertChapter),
  /** Address of the WebVTT of its small pictures. null: it has none. */
  previews: v.nullable(v.string()),
})
export type Video = v.InferOutput<typeof Video>

/** Asked for at once; pages ask for as many as there are in the order of the playlist, so that viewers ask for the same. */
export const VIDEO_ALERTS_MAX = 50
export const FindVideoAlerts = v.object({
  ids: v.pipe(
    v.string(),
    v.maxLength(VIDEO_ALERTS_MAX * 27),
    v.transform((ids) => ids.split(',')),
    v.array(Id),
    v.maxLength(VIDEO_ALERTS_MAX),
  ),
})

export const VideoAlerts = v.object({
  alerts: v.array(
    v.object({
      id: Id,
      kind: v.picklist(['donation', 'test', 'away']),
      /** null: anonymous. */
      senderName: v.nullable(v.string()),
      message: v.nullable(v.string()),
      amountRupiah: v.number(),
    }),
  ),
})
export type VideoAlerts = v.InferOutput<typeof VideoAlerts>

export const FindVideos = v.object({
  channel: v.optional(Slug),
  topic: v.optional(line(VIDEO_TOPIC_MAX_CHARS)),
  q: v.optional(line(VIDEO_SEARCH_MAX_CHARS)),
  before: v.optional(Id),
})
export type FindVideos = v.InferOutput<typeof FindVideos>

/** What is left of a video, in ms from the start of the whole; at borders of its segments. */
export const VideoCut = v.object({ startMs: v.number(), endMs: v.number() })
export type VideoCut = v.InferOutput<typeof VideoCut>

/** What is wanted: the nearest borders around it become the cut. */
export const CutVideo = v.strictObject({
  startMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  endMs: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
})
export type CutVideo = v.InferOutput<typeof CutVideo>

export const StudioVideo = v.object({
  ...Video.entries,
  isPublished: v.boolean(),
  /** An admin has taken it down, and it cannot be published. null: nobody has. */
  takedownReason: v.nullable(v.string()),
  /** No rule deletes it. */
  isKept: v.boolean(),
  /** A rule deletes it then; null: none does. */
  deleteAfter: v.nullable(Instant),
  /** Its origin has lost its bytes. */
  isMissing: v.boolean(),
  /** Nothing of the video itself is gone. */
  cut: v.nullable(VideoCut),
  /** Without a cut. */
  wholeMs: v.number(),
  /** In the time of the whole, also of what was cut off. */
  wholeChapters: v.array(Chapter),
  wholeAlertChapters: v.array(AlertChapter),
  alertChaptersFrom: AlertChaptersFrom,
  /** The recording shows alerts, whatever became of them. */
  hasAlerts: v.boolean(),
  /** Its picture in lists was chosen. */
  hasOwnPicture: v.boolean(),
  visibility: Visibility,
  sizeBytes: v.number(),
  /** Where its bytes are; `failing`: the storage is away, and the origin's disk keeps it. */
  storage: VideoStorageState,
  /** Why that fails. */
  storageProblem: v.nullable(StorageProblem),
})
export type StudioVideo = v.InferOutput<typeof StudioVideo>

export const MAX_CAPTIONS = 12
export const CAPTION_LABEL_MAX_CHARS = 40
/** With the file as the body: UTF-8, WebVTT or SubRip, of MAX_CAPTION_BYTES (shared/captions). */
export const AddCaptions = v.strictObject({
  language: v.pipe(v.string(), v.regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/)),
  label: line(CAPTION_LABEL_MAX_CHARS, 1),
})

export const MAX_CHAPTERS = 100
export const CHAPTER_LABEL_MAX_CHARS = 80
/** The whole list; ms from the start of the whole, no two at the same place, each before the end of the video. */
export const PutChapters = v.strictObject({
  chapters: v.pipe(
    v.array(
      v.strictObject({
        startMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
        label: line(CHAPTER_LABEL_MAX_CHARS, 1),
      }),
    ),
    v.maxLength(MAX_CHAPTERS),
    v.check((chapters) => new Set(chapters.map(({ startMs }) => startMs)).size === chapters.length),
  ),
})
export type PutChapters = v.InferOutput<typeof PutChapters>

/** Of one broadcast. */
export const MAX_MARKS = 200
export const MarkMoment = v.strictObject({ label: line(CHAPTER_LABEL_MAX_CHARS, 1) })

export const VIDEO_PICTURE_MAX_BYTES = 1024 * 1024
export const VIDEO_PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

/** The picture at or before a moment of the whole. */
export const ChoosePicture = v.strictObject({
  atMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e9)),
})

export const ChangeVideo = v.partial(
  v.strictObject({
    title: line(VIDEO_TITLE_MAX_CHARS),
    description: paragraph(VIDEO_DESCRIPTION_MAX_CHARS),
    topic: line(VIDEO_TOPIC_MAX_CHARS),
    visibility: Visibility,
    isPublished: v.boolean(),
    isKept: v.boolean(),
    isDownloadable: v.boolean(),
    alertChaptersFrom: AlertChaptersFrom,
  }),
)
export type ChangeVideo = v.InferOutput<typeof ChangeVideo>

/** How many videos object storage does not take, by why. */
export const StorageProblems = v.object({
  problems: v.array(v.object({ problem: StorageProblem, videos: v.number() })),
})
export type StorageProblems = v.InferOutput<typeof StorageProblems>

/** What deletes videos by itself, a warning before; null: nothing does. Videos that are kept do not count. */
export const RetentionRule = v.strictObject({
  /** After the end of the broadcast. */
  keepDays: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(36_500))),
  /** All videos together, the newest first; of 10^9 bytes. */
  keepGigabytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
})
export type RetentionRule = v.InferOutput<typeof RetentionRule>
