/** A short chime, synthesised: nothing to load, nothing to fail. Sound never holds an alert up. */

/** G5, C6, E6: a bright rising chord. */
const NOTES_HZ = [783.99, 1046.5, 1318.51]
const NOTE_GAP_SECONDS = 0.11
const NOTE_SECONDS = 0.9
const LOUDNESS = 0.22

export class Sound {
  // Kept open: a new context clips the first tenth of a second in OBS.
  readonly #context: AudioContext | undefined = openContext()

  play(soundUrl: string | null): void {
    if (soundUrl === null) this.#chime()
    else void this.#file(soundUrl)
  }

  async #file(url: string): Promise<void> {
    try {
      await new Audio(url).play()
    } catch {
      this.#chime() // A missing file or format must not make an alert silent.
    }
  }

  #chime(): void {
    const context = this.#context
    if (!context) return
    // Refused without a click outside OBS; the alert is then silent.
    if (context.state === 'suspended') void context.resume().catch(() => undefined)
    NOTES_HZ.forEach((frequency, index) => ring(context, frequency, index * NOTE_GAP_SECONDS))
  }
}

function openContext(): AudioContext | undefined {
  try {
    return new AudioContext()
  } catch {
    return undefined // No sound device: alerts are silent.
  }
}

function ring(context: AudioContext, frequency: number, delaySeconds: number): void {
  const at = context.currentTime + delaySeconds
  const gain = context.createGain()
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.012)
  gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS)
  gain.connect(context.destination)
  const tone = context.createOscillator()
  tone.type = 'triangle'
  tone.frequency.value = frequency
  tone.connect(gain)
  tone.start(at)
  tone.stop(at + NOTE_SECONDS)
}
