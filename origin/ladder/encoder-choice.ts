/** Finds out once which encoder works on this machine, by encoding a few pictures with each. */
import { spawn } from 'node:child_process'
import { FlvDemuxer } from '../ingest/flv.ts'
import { type Encoder, HARDWARE_ENCODERS, SOFTWARE_ENCODER, trialArguments } from './encoder.ts'
import { FlvReader } from './flv-reader.ts'

/** A driver that hangs must not keep the ladder from starting. */
const TRIAL_MS = 5000

/** @returns the first encoder that made a picture players can be given; the software one when none did */
export async function chooseEncoder(ffmpegPath: string): Promise<Encoder> {
  for (const encoder of HARDWARE_ENCODERS) if (await works(ffmpegPath, encoder)) return encoder
  return SOFTWARE_ENCODER
}

/** Whether there is a program at all; one that is there and fails is for the ladder to find out. */
export function hasFfmpeg(ffmpegPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(ffmpegPath, ['-version'], {
      stdio: 'ignore',
      timeout: TRIAL_MS,
      killSignal: 'SIGKILL',
    })
    child.once('error', () => resolve(false))
    child.once('close', () => resolve(true))
  })
}

function works(ffmpegPath: string, encoder: Encoder): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(ffmpegPath, trialArguments(encoder), {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TRIAL_MS,
      killSignal: 'SIGKILL',
    })
    let hasConfig = false
    let hasPicture = false
    const demuxer = new FlvDemuxer()
    const reader = new FlvReader((tag) => {
      const messages = demuxer.read(tag)
      if (messages === 'unsupported_media') return
      for (const message of messages) {
        if (message.type === 'video-config') hasConfig = true
        if (message.type === 'video' && message.isKey && hasConfig) hasPicture = true
      }
    })
    child.stdout.on('data', (bytes: Buffer) => {
      try {
        reader.write(bytes)
      } catch {
        child.kill('SIGKILL')
      }
    })
    child.once('error', () => resolve(false))
    child.once('close', (exitCode) => resolve(exitCode === 0 && hasPicture))
  })
}
