/** Names and passwords of the demo, kept for its next start. */
import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { base32 } from '../../../shared/ids.ts'
import { StartError } from './start-error.ts'

const Person = v.object({ username: v.string(), password: v.string() })
export type Person = v.InferOutput<typeof Person>

const DemoState = v.object({
  admin: Person,
  streamer: Person,
  donor: Person,
  overlay: v.optional(v.string()),
})
export type DemoState = v.InferOutput<typeof DemoState>

const FILE = 'demo.json'

/** Written before anybody signs up: an interrupted first start can still be finished. */
export async function loadDemoState(dataDir: string): Promise<DemoState> {
  const path = join(dataDir, FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    const state = freshState()
    await saveDemoState(dataDir, state)
    return state
  }
  try {
    return v.parse(DemoState, JSON.parse(text))
  } catch {
    // The cause would quote passwords.
    throw new StartError(`${path} is damaged: delete the folder ${dataDir} to begin a new demo`)
  }
}

export async function saveDemoState(dataDir: string, state: DemoState): Promise<void> {
  const path = join(dataDir, FILE)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  await rename(draft, path)
}

function freshState(): DemoState {
  return { admin: person('panggung-admin'), streamer: person('panggung-demo'), donor: person('donatur-demo') }
}

function person(username: string): Person {
  return { username, password: base32(new Uint8Array(randomBytes(7))) }
}
