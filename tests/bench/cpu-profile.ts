/** Where a Node process spent its time: V8's sampled profile, summed by function or file. */
import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { ROOT } from '../support/source-files.ts'

const Profile = v.object({
  nodes: v.array(
    v.object({
      id: v.number(),
      callFrame: v.object({ functionName: v.string(), url: v.string() }),
    }),
  ),
  samples: v.array(v.number()),
  timeDeltas: v.array(v.number()),
})

export interface ProfileLine {
  readonly where: string
  /** Of the time the process was not idle. */
  readonly share: number
}

/** Self time by function, greatest first. */
export async function readProfile(path: string, lines: number): Promise<ProfileLine[]> {
  const { nodes, samples, timeDeltas } = v.parse(Profile, JSON.parse(await readFile(path, 'utf8')))
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const timeByName = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? 'unknown'
    timeByName.set(name, (timeByName.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  timeByName.delete('(idle)')
  const busy = [...timeByName.values()].reduce((sum, time) => sum + time, 0)
  return [...timeByName]
    .map(([where, time]) => ({ where, share: time / busy }))
    .toSorted((left, right) => right.share - left.share)
    .slice(0, lines)
}

function nameOf({ functionName, url }: { functionName: string; url: string }): string {
  const file = url.startsWith('file://') ? new URL(url).pathname.replace(`${ROOT}/`, '') : url
  return [functionName || '(anonymous)', file].filter(Boolean).join(' ')
}
