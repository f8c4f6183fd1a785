/**
 * Opens one alert stream. It subscribes first and buffers, then reads the snapshot, so that between the
 * two nothing is lost and, because every event carries its seq, nothing comes twice.
 */
import type { Context } from 'hono'
import type { Hello } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import type { EventConnection, OutboxRow, Platform, StreamSubject } from '../ports.ts'
import { openWebEventStream } from './event-stream.ts'
import { MAX_MISSED, readMissed } from './outbox.ts'
import { readSnapshot, type QueueSnapshot } from './queue.ts'
import { encodeFrame, formatEventId, parseEventId, SSE_HEADERS } from './sse.ts'

export type StreamPlatform = Pick<
  Platform,
  'config' | 'clock' | 'random' | 'database' | 'hub' | 'openEventStream' | 'forwardAlertStream'
>

type Frame = Uint8Array<ArrayBuffer>

export async function openAlertStream(
  c: Context,
  platform: StreamPlatform,
  subject: StreamSubject,
): Promise<Response> {
  // Hono answers HEAD by the GET handler, and there is no body to keep open.
  if (c.req.raw.method !== 'GET') throw new AppError('method_not_allowed')
  if (platform.forwardAlertStream) return platform.forwardAlertStream(c, subject)
  const { clock, config, database, hub } = platform
  const { channelId, audience, overlay } = subject
  await hub.ready()
  const line = new BufferedLine()
  const unsubscribe = hub.subscribe({
    channelId,
    audience,
    ...(overlay && { overlayId: overlay.id }),
    endsAt: clock.now() + config.durations.streamLife,
    send: (frame, seq) => line.send(frame, seq),
    close: () => line.close(),
  })
  try {
    const snapshot = await readSnapshot(database, {
      channelId,
      slot: overlay?.slot ?? null,
      nowMs: clock.now(),
    })
    const missed = await missedFrames(c, platform, { subject, snapshot })
    const open = platform.openEventStream ?? openWebEventStream
    const connection = open(c, { headers: SSE_HEADERS, onClose: unsubscribe })
    line.connect(connection, {
      first: [helloFrame(platform, { snapshot, slot: overlay?.slot ?? null }), ...missed],
      head: snapshot.head,
    })
    return connection.response
  } catch (error) {
    unsubscribe()
    throw error
  }
}

function helloFrame(
  { clock, config, random }: StreamPlatform,
  { snapshot, slot }: { snapshot: QueueSnapshot; slot: string | null },
): Frame {
  const { heartbeat: heartbeatMs } = config.durations
  const hello: Hello = {
    epoch: snapshot.epoch,
    head: snapshot.head,
    serverTime: clock.now(),
    slot,
    queue: [...snapshot.queue],
    isPaused: snapshot.isPaused,
    isMuted: snapshot.isMuted,
    heartbeatMs,
  }
  return encodeFrame({ event: 'hello', data: JSON.stringify(hello), retryMs: retryMs(random) })
}

/** 1.5 to 4 s, different for each connection: pages of a restarted server do not come back as one. */
function retryMs(random: Platform['random']): number {
  const [byte = 0] = random.bytes(1)
  return 1_500 + Math.round((byte / 255) * 2_500)
}

/** What a returning page has not seen, up to the snapshot; or the word that it must start over. */
async function missedFrames(
  c: Context,
  { database }: StreamPlatform,
  { subject, snapshot }: { subject: StreamSubject; snapshot: QueueSnapshot },
): Promise<Frame[]> {
  const { epoch, head } = snapshot
  const header = c.req.header('last-event-id')
  if (header === undefined || header === '') return []
  const last = parseEventId(header)
  const rows: readonly OutboxRow[] | undefined =
    last?.epoch === epoch
      ? await readMissed(database, { ...subject, after: last.seq, upTo: head })
      : undefined
  if (!rows) return [encodeFrame({ event: 'resync', data: JSON.stringify({ head }) })]
  return rows.map(({ seq, type, payload }) =>
    encodeFrame({ event: type, id: formatEventId({ epoch, seq }), data: payload }),
  )
}

/** Holds events back until the snapshot is sent. */
class BufferedLine {
  #connection: EventConnection | undefined
  #isClosed = false
  #head = 0
  #early: { readonly frame: Frame; readonly seq: number }[] = []

  send(frame: Frame, seq?: number): boolean {
    // The snapshot may have seen what the hub, fed by another thread, hands out only now.
    if (this.#connection) return seq !== undefined && seq <= this.#head ? true : this.#connection.send(frame)
    // A heartbeat before `hello` says nothing.
    if (seq !== undefined) this.#early.push({ frame, seq })
    return this.#early.length <= MAX_MISSED
  }

  close(): void {
    this.#isClosed = true
    this.#connection?.close()
  }

  connect(connection: EventConnection, { first, head }: { first: readonly Frame[]; head: number }): void {
    this.#connection = connection
    this.#head = head
    const late = this.#early.filter(({ seq }) => seq > head).map(({ frame }) => frame)
    this.#early = []
    // One frame for the queue's bound, however many events were missed.
    connection.send(concatenate([...first, ...late]))
    if (this.#isClosed) connection.close()
  }
}

function concatenate(frames: readonly Frame[]): Frame {
  const whole = new Uint8Array(frames.reduce((size, { byteLength }) => size + byteLength, 0))
  let offset = 0
  for (const frame of frames) {
    whole.set(frame, offset)
    offset += frame.byteLength
  }
  return whole
}
