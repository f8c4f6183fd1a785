/** ffmpeg, as an encoder people use, against real sockets. */
import { spawn } from 'node:child_process'
import { afterEach, expect, test, vi } from 'vitest'
import { SLUG } from '../edge-client/fake-edge.ts'
import { type Rig, startRig } from './rig.ts'

let rig: Rig | undefined
afterEach(() => rig?.close())

function publish(port: number, streamName: string, seconds: number) {
  const picture = `testsrc2=size=160x90:rate=25:duration=${seconds}`
  const sound = `sine=frequency=440:duration=${seconds}`
  const options = '-c:v libx264 -preset ultrafast -bf 2 -g 25 -c:a aac -f flv'
  const ffmpeg = spawn('ffmpeg', [
    '-nostats',
    '-loglevel',
    'error',
    ...`-f lavfi -i ${picture} -f lavfi -i ${sound} ${options}`.split(' '),
    `rtmp://127.0.0.1:${port}/live/${streamName}`,
  ])
  let said = ''
  ffmpeg.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  return new Promise<{ exitCode: number | null; said: string }>((resolve, reject) => {
    ffmpeg.once('error', reject)
    ffmpeg.once('close', (exitCode) => resolve({ exitCode, said }))
  })
}

test('ffmpeg with a valid key is on air until it stops', { timeout: 30_000 }, async () => {
  rig = await startRig()
  const { exitCode } = await publish(rig.port, `${SLUG}?key=${await rig.edge.key()}`, 2)
  expect(exitCode).toBe(0)
  const [only] = rig.recorded
  await vi.waitFor(() => expect(only?.end).toBe('stopped'), 15_000)
  const messages = only?.messages ?? []
  expect(messages.filter(({ type }) => type === 'video')).toHaveLength(50)
  expect(messages.filter(({ type }) => type === 'audio').length).toBeGreaterThan(80)
  expect(new Set(messages.map(({ type }) => type))).toEqual(
    new Set(['metadata', 'video-config', 'audio-config', 'video', 'audio']),
  )
})

test('ffmpeg with a wrong key fails and sends no media', { timeout: 30_000 }, async () => {
  rig = await startRig()
  const { exitCode, said } = await publish(rig.port, `${SLUG}?key=aaaa.bbbb.cccc`, 2)
  expect(exitCode).not.toBe(0)
  expect(said).toContain('The stream key is not valid')
  expect(rig.recorded).toEqual([])
})
