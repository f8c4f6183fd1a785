/** The H.264 encoders of ffmpeg that a ladder can use, fastest first, and the command line for each. Pure. */

export interface VideoSize {
  readonly width: number
  readonly height: number
}

export interface EncodedVideo extends VideoSize {
  readonly bitrateBps: number
}

export interface Encoder {
  readonly name: string
  /** Before the input. */
  readonly device: readonly string[]
  /** What the scaled picture must become. */
  readonly format: string
  /** No B-frames, no look-ahead, and an IDR picture wherever a key frame is forced. */
  readonly options: readonly string[]
}

export const SOFTWARE_ENCODER: Encoder = {
  name: 'libx264',
  device: [],
  format: 'format=yuv420p',
  options: ['-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'high', '-sc_threshold', '0'],
}

export const HARDWARE_ENCODERS: readonly Encoder[] = [
  {
    name: 'h264_nvenc',
    device: [],
    format: 'format=yuv420p',
    options: ['-preset', 'p4', '-tune', 'ull', '-forced-idr', '1', '-no-scenecut', '1', '-delay', '0'],
  },
  {
    name: 'h264_qsv',
    device: ['-init_hw_device', 'qsv=device'],
    format: 'format=nv12',
    options: ['-preset', 'veryfast', '-forced_idr', '1', '-async_depth', '1', '-look_ahead', '0'],
  },
  {
    name: 'h264_vaapi',
    device: ['-vaapi_device', '/dev/dri/renderD128'],
    format: 'format=nv12,hwupload',
    options: ['-async_depth', '1', '-idr_interval', '0'],
  },
  {
    name: 'h264_v4l2m2m',
    device: [],
    format: 'format=yuv420p',
    // It writes its parameter sets into the stream only; FLV wants them in front.
    options: ['-bsf:v', 'extract_extradata'],
  },
]

/** Longer than any broadcast: key frames come where the source has them, and nowhere else. */
const NO_KEY_FRAMES_OF_ITS_OWN = '100000'
const QUIET = ['-nostdin', '-nostats', '-hide_banner', '-loglevel', 'error']
export const FIRST_OUTPUT_FD = 3

/**
 * Reads CMAF from stdin and writes each picture size as FLV to a pipe of its own, from FIRST_OUTPUT_FD on, with
 * the source's stamps, frame for frame.
 */
export function ladderArguments(encoder: Encoder, outputs: readonly EncodedVideo[]): string[] {
  const copies = outputs.map((_output, index) => `[in${index}]`).join('')
  const scaled = outputs.map((size, index) => `[in${index}]${scale(size, encoder)}[out${index}]`)
  return [
    QUIET,
    encoder.device,
    // Frame threads would hold frames back; slices do not. The header says all there is to probe.
    ['-copyts', '-probesize', '32', '-analyzeduration', '0', '-thread_type', 'slice'],
    ['-f', 'mp4', '-i', 'pipe:0'],
    ['-filter_complex', [`[0:v:0]split=${outputs.length}${copies}`, ...scaled].join(';')],
    outputs.flatMap((output, index) => [
      ['-map', `[out${index}]`, '-fps_mode', 'passthrough', '-enc_time_base', '1/1000'],
      ['-force_key_frames', 'source'],
      encode(encoder, output),
      ['-f', 'flv', '-flvflags', 'no_duration_filesize', '-flush_packets', '1'],
      [`pipe:${FIRST_OUTPUT_FD + index}`],
    ]),
  ].flat(2)
}

/** A few made-up pictures through the same encoder: whether it is there and works shows only so. */
export function trialArguments(encoder: Encoder): string[] {
  const output: EncodedVideo = { width: 640, height: 360, bitrateBps: 500_000 }
  return [
    QUIET,
    encoder.device,
    ['-f', 'lavfi', '-i', 'color=size=1280x720:rate=30', '-frames:v', '3'],
    ['-vf', scale(output, encoder)],
    encode(encoder, output),
    ['-f', 'flv', 'pipe:1'],
  ].flat()
}

function scale({ width, height }: VideoSize, { format }: Encoder): string {
  return `scale=${width}:${height}:flags=bilinear,setsar=1,${format}`
}

function encode({ name, options }: Encoder, { bitrateBps }: EncodedVideo): string[] {
  return [
    ['-c:v', name, ...options, '-bf', '0', '-g', NO_KEY_FRAMES_OF_ITS_OWN],
    ['-b:v', String(bitrateBps), '-maxrate', String(Math.round(bitrateBps * 1.1))],
    ['-bufsize', String(bitrateBps)],
  ].flat()
}
