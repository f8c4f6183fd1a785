import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { AlertLook } from '../../shared/contracts/alert-settings.ts'
import { type Alert, SNAPSHOT_ALERTS } from '../../shared/contracts/alerts.ts'
import { decide, FIRST_STATE, type OverlayCommand, type OverlayEvent, type OverlayState } from './queue.ts'

function alertNamed(id: string): Alert {
  return {
    id,
    kind: 'donation',
    senderName: 'Budi',
    message: null,
    template: '{nama} berdonasi {jumlah}',
    amountRupiah: 10_000,
    durationMs: 5_000,
    imageUrl: null,
    soundUrl: null,
    look: v.parse(AlertLook, {}),
    lateCount: null,
    createdAt: 1,
  }
}

const a = alertNamed('a')
const b = alertNamed('b')
const hello: OverlayEvent = { type: 'hello', queue: [], isPaused: false }
const holding: OverlayEvent = { type: 'lease', isHolder: true }
const arrived: OverlayEvent = { type: 'alert', alertId: 'a' }

function run(...events: OverlayEvent[]): { state: OverlayState; commands: string[] } {
  let state = FIRST_STATE
  const commands: OverlayCommand[] = []
  for (const event of events) {
    const decision = decide(state, event)
    state = decision.state
    commands.push(...decision.commands)
  }
  return { state, commands: commands.map((command) => words(command)) }
}

function words(command: OverlayCommand): string {
  return 'alert' in command ? `${command.do} ${command.alert.id}` : command.do
}

describe('decide()', () => {
  it('reads the queue again when all of a full snapshot has been shown', () => {
    const queue = Array.from({ length: SNAPSHOT_ALERTS }, (_, index) => alertNamed(`a${index}`))
    const played = queue.flatMap((alert): OverlayEvent[] => [
      { type: 'claimed', alert },
      { type: 'started' },
      { type: 'shown' },
      { type: 'rested' },
    ])
    const full = run({ type: 'hello', queue, isPaused: false }, holding, ...played)
    expect(full.commands.slice(-2)).toEqual(['rest a99', 'read_again'])
    expect(full.state.hasMore).toBe(false)
    const short = run({ type: 'hello', queue: queue.slice(1), isPaused: false }, holding, ...played.slice(4))
    expect(short.commands.at(-1)).toBe('rest a99')
  })

  it('claims, starts, shows, finishes, and then the next', () => {
    const { state, commands } = run(
      hello,
      holding,
      arrived,
      { type: 'alert', alertId: 'b' },
      { type: 'claimed', alert: a },
      { type: 'started' },
      { type: 'shown' },
      { type: 'rested' },
      { type: 'claimed', alert: b },
      { type: 'started' },
      { type: 'shown' },
      { type: 'rested' },
    )
    expect(commands).toEqual([
      'claim',
      'start a',
      'show a',
      'finish a',
      'rest a',
      'claim',
      'start b',
      'show b',
      'finish b',
      'rest b',
    ])
    expect(state.turn.step).toBe('idle')
    expect(state.waiting).toEqual([])
  })

  it('shows what waited before the page was opened', () => {
    expect(run({ type: 'hello', queue: [a, b], isPaused: false }, holding).commands).toEqual(['claim'])
  })

  it('claims nothing without the slot, while paused, or while OBS hides the source', () => {
    expect(run(hello, arrived).commands).toEqual([])
    expect(run({ ...hello, isPaused: true }, holding, arrived).commands).toEqual([])
    expect(run(hello, holding, { type: 'active', isActive: false }, arrived).commands).toEqual(['ask_lease'])
  })

  it('goes on as soon as the source is shown again', () => {
    const { commands } = run(hello, holding, { type: 'active', isActive: false }, arrived, {
      type: 'active',
      isActive: true,
    })
    expect(commands).toEqual(['ask_lease', 'ask_lease', 'claim'])
  })

  it('has one claim under way, however many events arrive', () => {
    const { commands } = run(
      hello,
      holding,
      arrived,
      arrived,
      holding,
      { type: 'alert', alertId: 'b' },
      hello,
    )
    expect(commands).toEqual(['claim'])
  })

  it('drops an alert that it may not start', () => {
    const { state, commands } = run(
      hello,
      holding,
      arrived,
      { type: 'claimed', alert: a },
      { type: 'start_failed' },
    )
    expect(commands).toEqual(['claim', 'start a'])
    expect(state.turn.step).toBe('idle')
  })

  it('hides a skipped alert and does not report it as done', () => {
    const { commands } = run(
      hello,
      holding,
      arrived,
      { type: 'claimed', alert: a },
      { type: 'started' },
      { type: 'alert_state', alertId: 'a', state: 'skipped' },
      { type: 'shown' },
    )
    expect(commands).toEqual(['claim', 'start a', 'show a', 'hide a', 'rest a'])
  })

  it('is not disturbed by the echo of its own reports', () => {
    const { state } = run(
      hello,
      holding,
      arrived,
      { type: 'claimed', alert: a },
      { type: 'alert_state', alertId: 'a', state: 'claimed' },
      { type: 'started' },
      { type: 'alert_state', alertId: 'a', state: 'started' },
    )
    expect(state.turn).toEqual({ step: 'showing', alert: a })
  })

  it('forgets what another overlay took, and shows again what is queued again', () => {
    const taken: OverlayEvent = { type: 'alert_state', alertId: 'a', state: 'claimed' }
    expect(run(hello, arrived, taken, holding).commands).toEqual([])
    const again: OverlayEvent = { type: 'alert_state', alertId: 'a', state: 'queued' }
    expect(run(hello, arrived, taken, holding, again).commands).toEqual(['claim'])
  })

  it.each([
    ['empty', []],
    ['held_elsewhere', []],
    ['lost', ['retry_later']],
    ['unreachable', ['retry_later']],
  ] as const)('after a claim that failed (%s) does not hammer the server', (reason, after) => {
    const { commands } = run(hello, holding, arrived, { type: 'claim_failed', reason })
    expect(commands).toEqual(['claim', ...after])
  })

  it('claims again for an alert that arrived while the queue was found empty', () => {
    const { commands } = run(
      hello,
      holding,
      arrived,
      { type: 'alert', alertId: 'b' },
      { type: 'claim_failed', reason: 'empty' },
    )
    expect(commands).toEqual(['claim', 'claim'])
  })

  it('finishes what it shows after losing the slot, and claims nothing more', () => {
    const { commands } = run(
      hello,
      holding,
      arrived,
      { type: 'alert', alertId: 'b' },
      { type: 'claimed', alert: a },
      { type: 'started' },
      { type: 'lease', isHolder: false },
      { type: 'shown' },
    )
    expect(commands).toEqual(['claim', 'start a', 'show a', 'finish a', 'rest a'])
  })

  it('keeps the gap between two alerts, whatever arrives in it', () => {
    const shown: OverlayEvent[] = [hello, holding, arrived, { type: 'claimed', alert: a }]
    shown.push({ type: 'started' }, { type: 'shown' }, { type: 'alert', alertId: 'b' })
    expect(run(...shown).commands.at(-1)).toBe('rest a')
    expect(run(...shown, { type: 'rested' }).commands.at(-1)).toBe('claim')
  })

  it('begins nothing while paused, and goes on when it is resumed', () => {
    const paused: OverlayEvent = { type: 'queue_control', isPaused: true }
    expect(run(hello, holding, paused, arrived).commands).toEqual([])
    const resumed: OverlayEvent = { type: 'queue_control', isPaused: false }
    expect(run(hello, holding, paused, arrived, resumed).commands).toEqual(['claim'])
  })

  it('stops for good once the link is replaced', () => {
    const { commands } = run(hello, holding, { type: 'replaced' }, arrived, hello)
    expect(commands).toEqual(['stop'])
  })
})
