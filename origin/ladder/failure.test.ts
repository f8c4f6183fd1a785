import { expect, test } from 'vitest'
import { createLog } from '../observe/log.ts'
import { warnOfFailures } from './failure.ts'

const FIRST = '01jd3v2k8m0000000000000001'
const SECOND = '01jd3v2k8m0000000000000002'

test('one warning a second says which renditions of which broadcast failed, and how', () => {
  const lines: unknown[] = []
  let now = 0
  const log = createLog({
    level: 'warn',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  const warn = warnOfFailures(log, () => now)
  warn({ kind: 'died', renditions: ['720p', '480p'] }, FIRST)
  warn({ kind: 'hung', renditions: ['720p'] }, SECOND)
  expect(lines).toMatchObject([
    { msg: 'ladder failed', broadcast: FIRST, renditions: '720p 480p', kind: 'died', times: 1 },
  ])
  now = 1000
  warn({ kind: 'unreadable', renditions: ['480p'] }, SECOND)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ broadcast: SECOND, renditions: '480p', kind: 'unreadable', times: 2 })
})
