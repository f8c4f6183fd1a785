/** ffmpeg as the encoder of a streamer: a test picture and a tone, in real time, until it is stopped. */
import { TestProcess } from './process.ts'

export interface EncoderOptions {
  readonly size?: string
  readonly framesPerSecond?: number
  readonly videoKilobits?: number
  /** Further output options, before the address. */
  readonly options?: readonly string[]
}

/** @param url with the stream name and its key */
export function startEncoder(url: string, encoder: EncoderOptions = {}): TestProcess {
  const { size = '320x180', framesPerSecond = 25, videoKilobits = 200, options = [] } = encoder
  const picture = `testsrc2=size=${size}:rate=${framesPerSecond}`
  return new TestProcess({
    name: 'ffmpeg',
    command: 'ffmpeg',
    args: [
      ...`-nostats -loglevel error -re -f lavfi -i ${picture} -f lavfi -i sine=frequency=440`.split(' '),
      ...`-c:v libx264 -preset ultrafast -g ${framesPerSecond} -b:v ${videoKilobits}k -pix_fmt yuv420p`.split(
        ' ',
      ),
      ...['-c:a', 'aac'].concat(options, '-f', 'flv', url),
    ],
  })
}
