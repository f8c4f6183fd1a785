/** Sounds of alerts. Sound never holds an alert up. */

/** G5, C6, E6: a bright rising chord, synthesised: nothing to load, nothing to fail. */
const NOTES_HZ = [783.99, 1046.5, 1318.51]
const NOTE_GAP_SECONDS = 0.11
const NOTE_SECONDS = 0.9
const LOUDNESS = 0.28
/** Below what 16 bits can hold, and not silence: the device of a silent context is put to sleep. */
const INAUDIBLE = 0.000_001
const FADE_SECONDS = 0.15
const MAX_KEPT_SOUNDS = 8
const LOAD_TIMEOUT_MS = 5_000

export class Sound {
  // Kept running: a device that has to wake up cuts the beginning of a sound off.
  readonly #context: AudioContext | undefined = openContext()
  readonly #loaded = new Map<string, Promise<AudioBuffer | undefined>>()
  #isMuted = false
  /** Of what plays now. */
  #output: GainNode | undefined
  #speech: GainNode | undefined
  #turn = 0
  /** When the sound that plays is over, by the context's clock. */
  #soundEndsAt = 0

  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted
    if (isMuted) this.stop()
  }

  /** Fetches and decodes ahead, so that the sound begins with its picture. */
  prepare(url: string | null): void {
    if (url !== null) void this.#load(url)
  }

  async play(url: string | null, volumePercent: number): Promise<void> {
    this.stop()
    const context = this.#context
    if (!context || this.#isMuted || volumePercent === 0) return
    // Refused without a click outside OBS; the alert is then silent.
    if (context.state === 'suspended') void context.resume().catch(() => undefined)
    const turn = this.#turn
    // A missing file or format must not make an alert silent.
    const file = url === null ? undefined : await this.#load(url)
    if (turn !== this.#turn || this.#isMuted) return
    const output = context.createGain()
    output.gain.value = volumePercent / 100
    output.connect(context.destination)
    this.#output = output
    const seconds = file ? file.duration : NOTE_GAP_SECONDS * (NOTES_HZ.length - 1) + NOTE_SECONDS
    this.#soundEndsAt = context.currentTime + seconds
    if (file) playFile(context, file, output)
    else
      NOTES_HZ.forEach((hz, index) => ring(context, output, { hz, delaySeconds: index * NOTE_GAP_SECONDS }))
  }

  /**
   * Speaks after the sound that `play` began. What cannot be had in time is not spoken.
   * @returns ms until it will have ended; 0 when it is not spoken
   */
  async speak(url: string, volumePercent: number): Promise<number> {
    const context = this.#context
    if (!context || this.#isMuted || volumePercent === 0) return 0
    const turn = this.#turn
    const file = await this.#load(url)
    if (!file || turn !== this.#turn || this.#isMuted) return 0
    const output = context.createGain()
    output.gain.value = volumePercent / 100
    output.connect(context.destination)
    this.#speech = output
    const at = Math.max(context.currentTime, this.#soundEndsAt)
    const source = context.createBufferSource()
    source.buffer = file
    source.connect(output)
    source.start(at)
    return (at - context.currentTime + file.duration) * 1_000
  }

  stop(): void {
    this.#turn += 1
    const context = this.#context
    if (!context) return
    for (const output of [this.#output, this.#speech]) {
      // Cut at once it would click.
      output?.gain.setTargetAtTime(0, context.currentTime, FADE_SECONDS / 3)
      setTimeout(() => output?.disconnect(), FADE_SECONDS * 2_000)
    }
    this.#output = undefined
    this.#speech = undefined
  }

  /** For pages that draw other things too; an overlay never does. */
  close(): void {
    this.stop()
    void this.#context?.close().catch(() => undefined)
  }

  #load(url: string): Promise<AudioBuffer | undefined> {
    const known = this.#loaded.get(url)
    if (known) return known
    const loading = this.#fetch(url)
    this.#loaded.set(url, loading)
    for (const oldest of [...this.#loaded.keys()].slice(0, -MAX_KEPT_SOUNDS)) this.#loaded.delete(oldest)
    return loading
  }

  async #fetch(url: string): Promise<AudioBuffer | undefined> {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(LOAD_TIMEOUT_MS) })
      if (!answer.ok) throw new Error(`Cannot load the sound: status ${answer.status}`)
      return await this.#context?.decodeAudioData(await answer.arrayBuffer())
    } catch {
      this.#loaded.delete(url) // The next alert tries again.
      return undefined
    }
  }
}

function openContext(): AudioContext | undefined {
  try {
    const context = new AudioContext()
    const warmth = context.createConstantSource()
    warmth.offset.value = INAUDIBLE
    warmth.connect(context.destination)
    warmth.start()
    return context
  } catch {
    return undefined // No sound device: alerts are silent.
  }
}

function playFile(context: AudioContext, buffer: AudioBuffer, output: AudioNode): void {
  const source = context.createBufferSource()
  source.buffer = buffer
  source.connect(output)
  source.start()
}

function ring(
  context: AudioContext,
  output: AudioNode,
  { hz, delaySeconds }: { hz: number; delaySeconds: number },
): void {
  const at = context.currentTime + delaySeconds
  const gain = context.createGain()
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.012)
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS)
  gain.connect(output)
  const tone = context.createOscillator()
  tone.type = 'triangle'
  tone.frequency.value = hz
  tone.connect(gain)
  tone.start(at)
  tone.stop(at + NOTE_SECONDS)
}
