/** What a <video> does, whoever feeds it. */
/** `blocked`: the browser wants a click before anything plays. `failed`: this browser cannot play it. */
export type PlaybackState = 'loading' | 'playing' | 'stalled' | 'paused' | 'blocked' | 'ended' | 'failed'

/** Tells what the element does, and starts it as far as the browser lets it. */
export function watchVideo(video: HTMLVideoElement, onState: (state: PlaybackState) => void) {
  const listening = new AbortController()
  const on = (type: string, state: PlaybackState): void =>
    video.addEventListener(type, () => onState(state), { signal: listening.signal })
  on('playing', 'playing')
  on('waiting', 'stalled')
  on('ended', 'ended')
  video.addEventListener(
    'pause',
    () => {
      // The end and a broken picture pause too; only the viewer's own pause is one.
      if (!video.ended && !video.error) onState('paused')
    },
    { signal: listening.signal },
  )
  onState('loading')

  async function start(): Promise<void> {
    try {
      await video.play()
    } catch (error) {
      if (listening.signal.aborted || !(error instanceof DOMException)) return
      // Anything else is a play() overtaken by a new load, which plays again by itself.
      if (error.name !== 'NotAllowedError') return
      if (video.muted) onState('blocked')
      else {
        video.muted = true
        await start()
      }
    }
  }
  return { play: () => void start(), close: () => listening.abort() }
}

/** Seconds that are loaded from where it plays. */
export function bufferAhead(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video
  for (let index = 0; index < buffered.length; index++)
    if (buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index))
      return buffered.end(index) - currentTime
  return 0
}
