/** The browser source for OBS: no framework, one event stream, repairs itself for as long as it is open. */
import type { Alert } from '../../shared/contracts/alerts.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { SPEECH_MORE_MS } from '../../shared/speech.ts'
import { startLanguage } from '../i18n/language.ts'
import { t } from '../i18n/overlay.ts'
import { newIdempotencyKey } from '../lib/api.ts'
import { type Backoff, backoffMs } from '../lib/backoff.ts'
import { openEventStream } from '../lib/event-stream.ts'
import { watchActivity } from './activity.ts'
import { createDoneReports, storedReports } from './done-reports.ts'
import { tradeKey } from './link-key.ts'
import { decide, FIRST_STATE, type OverlayCommand, type OverlayEvent } from './queue.ts'
import { Scene } from './scene.ts'
import { OverlayServer } from './server.ts'
import { Sound } from './sound.ts'
import './overlay.css'

const RETRY_MS = 2_000
/** Of what waits, the sounds that are fetched ahead. */
const PREPARED_SOUNDS = 3
const DEFAULT_LEASE_MS = 10_000
/** Asked well before the lease ends, so that one lost request does not lose the slot. */
const LEASE_SHARE = 0.4
const BACKOFF: Backoff = { firstMs: 500, maxMs: 8_000, random: Math.random }

startLanguage()
const stage = document.createElement('main')
stage.className = 'alert-stage'
document.body.append(stage)
const scene = new Scene(stage)
const [overlayId = ''] = location.pathname.split('/').slice(2)
if (ULID_PATTERN.test(overlayId)) void run(overlayId)
else scene.stop(t('broken'))

async function run(id: string): Promise<void> {
  const server = new OverlayServer(id, newIdempotencyKey())
  const sound = new Sound()
  const isActive = watchActivity((active) => handle({ type: 'active', isActive: active }))
  let state = { ...FIRST_STATE, isActive: isActive() }
  let leaseTimer: ReturnType<typeof setTimeout> | undefined
  let prepared: { id: string; card: HTMLElement } | undefined
  let stream: { close: () => void } | undefined
  let hasGreeted = false
  let ownSlot: string | null = null
  const doneReports = createDoneReports({
    store: storedReports(id),
    send: (report) => server.done(report),
    onReplaced: () => handle({ type: 'replaced' }),
    backoff: BACKOFF,
  })

  // A link pasted into an open page changes only the fragment.
  addEventListener('hashchange', () => location.reload())
  if (!(await tradeKey(server))) {
    handle({ type: 'replaced' })
    return
  }
  listen()

  function listen(): void {
    stream?.close()
    stream = openEventStream(server.eventsUrl, {
      onHello: ({ queue, isPaused, isMuted, slot }) => {
        ownSlot = slot
        sound.setMuted(isMuted)
        for (const alert of queue.slice(0, PREPARED_SOUNDS)) sound.prepare(alert.soundUrl)
        if (!hasGreeted) scene.connected(t('connected'))
        hasGreeted = true
        handle({ type: 'hello', queue, isPaused })
        doneReports.deliver()
        void askLease()
      },
      onEvent: (event) => {
        if (event.type === 'alert') {
          sound.prepare(event.alert.soundUrl)
          handle({ type: 'alert', alertId: event.alert.id })
        } else if (event.type === 'queue_control') {
          sound.setMuted(event.isMuted)
          handle(event)
        } else if (event.type === 'alert_state') {
          // What becomes of it on another slot is no news for this one.
          if (event.slot === ownSlot) handle(event)
        } else if (event.type === 'overlay_replaced' && event.overlayId === id) handle({ type: 'replaced' })
      },
      onState: (streamState) => {
        document.body.dataset['stream'] = streamState
      },
      onRefused: async () => {
        if ((await server.askLease(isActive())) !== 'replaced') return 'retry'
        handle({ type: 'replaced' })
        return 'stop'
      },
    })
  }

  function handle(event: OverlayEvent): void {
    const decision = decide(state, event)
    state = decision.state
    document.body.dataset['holder'] = String(state.isHolder)
    for (const command of decision.commands) void obey(command)
  }

  async function obey(command: OverlayCommand): Promise<void> {
    switch (command.do) {
      case 'claim':
        return claim()
      case 'retry_later':
        setTimeout(() => handle({ type: 'retry' }), RETRY_MS)
        return
      case 'ask_lease':
        return askLease()
      case 'read_again':
        return listen()
      case 'start':
        return start(command.alert)
      case 'show':
        return show(command.alert)
      case 'hide':
        sound.stop()
        return scene.hide()
      case 'rest':
        setTimeout(() => handle({ type: 'rested' }), command.alert.look.gapMs)
        return
      case 'finish':
        return doneReports.add(server.reportOf(command.alert.id))
      case 'stop':
        clearTimeout(leaseTimer)
        doneReports.close()
        stream?.close()
        return scene.stop(t('replaced'))
    }
  }

  /** Until the server knows that the last one is done, the slot plays it, and the next cannot be had. */
  async function claim(): Promise<void> {
    if (!(await doneReports.delivered())) return handle({ type: 'claim_failed', reason: 'unreachable' })
    const answer = await server.claim()
    if (answer.kind === 'alert') handle({ type: 'claimed', alert: answer.alert })
    else if (answer.kind === 'replaced') handle({ type: 'replaced' })
    else handle({ type: 'claim_failed', reason: answer.kind })
  }

  /**
   * Shown only when the server knows that it begins: otherwise it would be queued again and seen twice. A
   * lost answer leaves that open, so this alert waits until the server says which it is.
   */
  async function start(alert: Alert): Promise<void> {
    sound.prepare(speechOf(alert))
    prepared = { id: alert.id, card: await scene.prepare(alert) }
    let answer = await server.started(alert.id)
    for (let attempt = 0; answer === 'unreachable' && isStarting(alert); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt, BACKOFF)))
      if (isStarting(alert)) answer = await server.started(alert.id)
    }
    if (answer === 'replaced') handle({ type: 'replaced' })
    else if (isStarting(alert)) handle({ type: answer === 'ok' ? 'started' : 'start_failed' })
  }

  /** False when it was skipped meanwhile. */
  function isStarting(alert: Alert): boolean {
    return state.turn.step === 'starting' && state.turn.alert.id === alert.id
  }

  function show(alert: Alert): void {
    if (prepared?.id !== alert.id) return
    const { card } = prepared
    const onGone = (): void => handle({ type: 'shown' })
    scene.show(card, alert.durationMs, onGone)
    void sound.play(alert.soundUrl, alert.look.volumePercent).then(() => speak(alert, card, onGone))
  }

  /** Without speech the alert is as it is. */
  async function speak(alert: Alert, card: HTMLElement, onGone: () => void): Promise<void> {
    const url = speechOf(alert)
    if (url === null || state.turn.step !== 'showing' || state.turn.alert.id !== alert.id) return
    const spokenMs = await sound.speak(url, alert.look.speech.volumePercent)
    const mostMs = alert.durationMs + SPEECH_MORE_MS
    if (spokenMs > 0) scene.keep(card, Math.min(spokenMs, mostMs), onGone)
  }

  function speechOf({ id: alertId, look, amountRupiah, lateCount }: Alert): string | null {
    const { isOn, minimumRupiah } = look.speech
    const isSpoken = isOn && amountRupiah >= minimumRupiah && lateCount === null
    return isSpoken ? server.speechUrl(alertId) : null
  }

  async function askLease(): Promise<void> {
    clearTimeout(leaseTimer)
    const answer = await server.askLease(isActive())
    if (answer === 'replaced') return handle({ type: 'replaced' })
    const leaseMs = answer === 'unreachable' ? DEFAULT_LEASE_MS / 2 : answer.leaseMs
    clearTimeout(leaseTimer)
    if (!state.isReplaced) leaseTimer = setTimeout(() => void askLease(), leaseMs * LEASE_SHARE)
    if (answer !== 'unreachable') handle({ type: 'lease', isHolder: answer.isHolder })
  }
}
