/** What ffprobe, which is not us, says of the media: to hold the multivariant playlist to. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as v from 'valibot'
import { findExecutable } from '../setup.ts'

const Stream = v.object({
  codec_type: v.picklist(['video', 'audio']),
  codec_name: v.string(),
  codec_tag_string: v.string(),
  profile: v.optional(v.string(), ''),
  level: v.optional(v.number(), 0),
  pix_fmt: v.optional(v.string(), ''),
  width: v.optional(v.number()),
  height: v.optional(v.number()),
})
type Stream = v.InferOutput<typeof Stream>
const Probed = v.object({ streams: v.array(Stream) })

export interface ProbedCodecs {
  /** What each of the CODECS must match (RFC 6381), video first. */
  readonly codecs: readonly RegExp[]
  readonly resolution: string | undefined
}

/** @param media an init segment and the parts that follow it */
export async function probedCodecs(media: readonly Uint8Array[]): Promise<ProbedCodecs> {
  const args = ['-v', 'error', '-show_streams', '-of', 'json', 'pipe:0']
  const ffprobe = spawn(findExecutable('ffprobe') ?? 'ffprobe', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  let output = ''
  ffprobe.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  // It stops reading when it knows enough.
  ffprobe.stdin.on('error', () => undefined)
  const ended = once(ffprobe, 'close')
  ffprobe.stdin.end(Buffer.concat(media))
  await ended
  const { streams } = v.parse(Probed, JSON.parse(output))
  const video = streams.find((stream) => stream.codec_type === 'video')
  return {
    codecs: streams.map(patternOf),
    resolution: video && `${video.width}x${video.height}`,
  }
}

function patternOf({ codec_name, codec_tag_string, profile, level, pix_fmt }: Stream): RegExp {
  const number = (names: Readonly<Record<string, string>>) => names[profile] ?? `unknown profile ${profile}`
  const two = (value: number, base = 10) => value.toString(base).padStart(2, '0')
  switch (codec_name) {
    case 'h264':
      // The constraint flags in between are not among what ffprobe tells.
      return new RegExp(`^${codec_tag_string}\\.${number({ High: '64', Main: '4d' })}..${two(level, 16)}$`)
    case 'hevc':
      return new RegExp(
        `^${codec_tag_string}\\.${number({ Main: '1\\.6', 'Main 10': '2\\.4' })}\\.L${level}\\.`,
      )
    case 'av1':
      return new RegExp(
        `^${codec_tag_string}\\.${number({ Main: '0' })}\\.${two(level)}M\\.${pix_fmt.includes('10') ? '10' : '08'}$`,
      )
    case 'aac':
      return new RegExp(`^${codec_tag_string}\\.40\\.${number({ LC: '2', 'HE-AAC': '5' })}$`)
    case 'opus':
      return /^opus$/
    default:
      throw new RangeError(`No codec string for ${codec_name}`)
  }
}
