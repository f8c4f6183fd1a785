/** Wires the origin: RTMP in, CMAF in memory, HLS out, and the edge that decides who may go on air. */
import { randomBytes } from 'node:crypto'
import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OriginConfig } from './config.ts'
import { BroadcastReports } from './edge-client/broadcast-reports.ts'
import { createEdgeHttp } from './edge-client/edge-http.ts'
import { Keyring } from './edge-client/keyring.ts'
import { SettingsWatch } from './edge-client/settings-watch.ts'
import { ResolvedKeys } from './edge-client/resolved-keys.ts'
import { LastKnown } from './edge-client/last-known.ts'
import { StatusPoll } from './edge-client/status-poll.ts'
import { startHttp } from './http/server.ts'
import { videoPictures } from './videos/pictures.ts'
import { TlsCertificate } from './ingest/tls-certificate.ts'
import { startRtmpServer } from './ingest/rtmp-server.ts'
import { Sessions } from './ingest/sessions.ts'
import { chooseEncoder, hasFfmpeg } from './ladder/encoder-choice.ts'
import type { Encoder } from './ladder/encoder.ts'
import { warnOfFailures } from './ladder/failure.ts'
import type { LadderSettings } from './ladder/ladder.ts'
import { restreaming } from './restream/restreams.ts'
import { createLog, errorKind, errorPlaces, type Log, name } from './observe/log.ts'
import { isTooOld } from './streams/saved-broadcast.ts'
import { SavedBroadcasts } from './streams/saved-broadcasts.ts'
import { createSpeech } from './speech/speech.ts'
import { createStills } from './streams/stills.ts'
import { createStage } from './streams/stage.ts'
import { Reports } from './edge-client/video-reports.ts'
import type { VideoReport } from '../shared/contracts/internal.ts'
import type { UploadReport } from '../shared/contracts/uploads.ts'
import { createUploads } from './uploads/uploads.ts'
import { recording } from './videos/recording.ts'

export interface Origin {
  readonly rtmpPort: number
  readonly rtmpsPort: number | undefined
  readonly httpPort: number
  /** Ends every broadcast, tells the edge, and waits for both. */
  close(): Promise<void>
}

/** Blocking requests come through edges, one for each playlist; a hundred edges are many. */
const MAX_WAITERS_PER_STREAM = 1000
const PRIVATE_MODE = 0o700

/** @throws ConfigError; the error of a listener or of the data folder */
export async function startOrigin(
  config: OriginConfig,
  log: Log = createLog({ level: config.logLevel }),
): Promise<Origin> {
  const { dataDir, durations, originId } = config
  const clock = Date.now
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_MODE })
  await access(dataDir, constants.W_OK)

  const certificate =
    config.rtmps && (await TlsCertificate.load(config.rtmps, { checkMs: durations.tlsCheck, log }))
  const stopping = new AbortController()
  const edge = createEdgeHttp({
    edgeUrl: config.edgeUrl,
    originId,
    secret: config.edgeSecret,
    timeoutMs: durations.edgeTimeout,
    signal: stopping.signal,
  })
  const lastKnown = new LastKnown(dataDir, log)
  const keyring = new Keyring({ edge, dataDir, refetchMs: durations.jwksRefetch, clock, log })
  const saved = new SavedBroadcasts({ dataDir, originId, clock, log })
  const [left] = await Promise.all([saved.load(), lastKnown.load(), keyring.load()])

  const resolvedKeys = new ResolvedKeys({ edge, rememberMs: durations.rememberShortKey, clock })
  const reports = new BroadcastReports({
    edge,
    originId,
    renewMs: durations.renew,
    clock,
    onOpened: (channelId, channel) => lastKnown.rememberChannel(channelId, channel),
    onRefused: endBroadcast,
    log,
  })
  const videoReports = new Reports<VideoReport>({
    tell: (id, report) => edge.reportVideo(id, report),
    retryMs: durations.renew,
    onUnwanted: (videoId) => void videos.remove(videoId),
    log,
  })
  const videos = recording({
    config,
    originId,
    clock,
    reports: videoReports,
    forgetSource: (videoId) => uploads.forget(videoId),
    log,
  })
  const uploadReports = new Reports<UploadReport>({
    tell: (id, report) => edge.reportUpload(id, report),
    retryMs: durations.renew,
    onUnwanted: (id) => void uploads.giveUp(id),
    onHeard: (id, report) => uploads.onHeard(id, report),
    log,
  })
  const { folder, warnPercent, stopPercent } = config.recordings
  const uploads = createUploads({
    ...config.uploads,
    folder,
    thresholds: { warnPercent, stopPercent },
    originId,
    ffmpegPath: config.ffmpegPath,
    compileCache: join(dataDir, 'compile-cache'),
    library: videos.library,
    reports: uploadReports,
    clock,
    log,
  })
  const stage = createStage({
    targetDurationSeconds: config.targetDurationSeconds,
    windowSeconds: config.windowSeconds,
    graceMs: durations.grace,
    maxWaitersPerStream: MAX_WAITERS_PER_STREAM,
    ...(config.ladder.length > 0 && { ladder: ladderSettings(config, { clock, log }) }),
    now: clock,
    ownerOf: (slug) => lastKnown.ownerOf(slug),
    onEnd: (broadcastId, reason) => void reports.end(broadcastId, reason),
    recording: videos,
    saved,
  })
  const settings = new SettingsWatch({ edge, lastKnown })
  const sessions = new Sessions({
    authorise: {
      keyring,
      resolvedKeys,
      lastKnown,
      reports,
      installationId: config.installationId,
      whenEdgeDown: config.whenEdgeDown,
      clock,
      randomBytes,
    },
    stage,
    settings,
    startRestreams: restreaming({
      times: {
        connectMs: durations.restreamConnect,
        retryMs: durations.restreamRetry,
        maxRetryMs: durations.restreamMaxRetry,
        stallMs: durations.restreamStall,
      },
      log,
    }),
    limits: { graceMs: durations.limitGrace, timeWarningMs: durations.timeWarning },
    takeoverMs: durations.takeover,
    enforceMs: durations.enforce,
    log,
  })
  const poll = new StatusPoll({
    edge,
    everyMs: durations.statusPoll,
    log,
    onStatus: (status) => {
      lastKnown.rememberRevoked(status.revokedJtis)
      sessions.endRevoked(status)
      settings.onStatus(status)
      for (const videoId of status.removeVideos ?? []) void videos.remove(videoId)
      for (const { broadcastId, reason } of status.end) endBroadcast(broadcastId, reason)
    },
  })

  function endBroadcast(...[broadcastId, reason]: Parameters<typeof stage.end>): void {
    // Without a publisher it is interrupted, or known only to the edge since an earlier process.
    if (!sessions.kick(broadcastId, reason)) stage.end(broadcastId, reason)
  }

  /** Goes on with what was on air when this origin was killed; the rest is ended at the edge. */
  async function restoreBroadcasts(): Promise<void> {
    const nowMs = clock()
    for (const broadcast of left) {
      reports.restore(broadcast)
      const isLost = isTooOld(broadcast, { nowMs, graceMs: durations.grace })
      log.info(isLost ? 'broadcast was lost' : 'broadcast waits for its publisher', {
        broadcast: name(broadcast.broadcastId),
      })
      stage.restore(broadcast)
      if (isLost) stage.end(broadcast.broadcastId, 'lost')
    }
    // Before anybody is given a name: the numbers that follow must be reserved on disk.
    await saved.flush()
    // What nobody goes on with was cut off by a crash. Broadcasts do not wait for it.
    void uploads.load().then(() => videos.open(edge))
  }

  async function closeOwn(): Promise<void> {
    certificate?.close()
    poll.close()
    sessions.close()
    stage.close()
    await uploads.close()
    await Promise.all([reports.close(), videos.close()])
    stopping.abort()
    await Promise.all([lastKnown.flush(), keyring.flush(), saved.flush()])
  }

  const onError = (error: unknown) =>
    log.error('request failed', { error: errorKind(error), places: errorPlaces(error) })
  const opened: { close(): Promise<void> }[] = []
  try {
    await restoreBroadcasts()
    const http = await startHttp({
      ...config.http,
      secrets: config.acceptedSecrets,
      source: stage,
      library: videos.library,
      uploads,
      pictures: videoPictures(videos.library, config.ffmpegPath),
      stillOf: createStills({ ffmpegPath: config.ffmpegPath, now: clock }),
      speak: createSpeech(config.speech),
      maxHoldMs: durations.hold,
      targetDurationSeconds: config.targetDurationSeconds,
      onError,
    })
    opened.push(http)
    const rtmp = await startRtmpServer({
      ...config.rtmp,
      ...(config.rtmps &&
        certificate && { rtmps: { port: config.rtmps.port, context: () => certificate.context } }),
      sessions,
      durations,
      clock,
      maxConnections: config.maxConnections,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
      messagesASecond: config.messagesASecond,
      log,
    })
    // Fetched before the first encoder comes, and kept for the day the edge is away.
    void keyring.refresh()
    poll.start()
    return {
      rtmpPort: rtmp.port,
      rtmpsPort: rtmp.securePort,
      httpPort: http.port,
      async close() {
        await rtmp.close('origin_stopped')
        await closeOwn()
        await http.close()
      },
    }
  } catch (error) {
    await Promise.all(opened.map((server) => server.close()))
    await closeOwn()
    throw error
  }
}

/** Which encoder works here is found out once, while the origin is starting. */
function ladderSettings(
  { ladder, ffmpegPath, durations }: OriginConfig,
  { clock, log }: { readonly clock: () => number; readonly log: Log },
): LadderSettings {
  let encoder: Encoder | undefined
  void (async () => {
    if (!(await hasFfmpeg(ffmpegPath)))
      log.warn('ffmpeg was not found at FFMPEG_PATH: the ladder is off until it is there')
    encoder = await chooseEncoder(ffmpegPath)
  })()
  return {
    rungs: ladder,
    ffmpegPath,
    encoder: () => encoder,
    maxBehindMs: durations.ladderBehind,
    restartMs: durations.ladderRestart,
    onFailure: warnOfFailures(log, clock),
  }
}
