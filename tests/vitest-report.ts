/** What vitest's JSON report says, and how the report of a second try is laid over the first. */
import * as v from 'valibot'

const TestResult = v.object({ fullName: v.string(), status: v.string() })
const FileResult = v.object({ name: v.string(), status: v.string(), assertionResults: v.array(TestResult) })
const Report = v.object({ testResults: v.array(FileResult) })

/** The part of a report that `npm test` needs: files by their absolute path, each with its tests. */
export type Report = v.InferOutput<typeof Report>

export interface Count {
  readonly passed: number
  readonly failed: number
  readonly notes: readonly string[]
}

/** @throws when it is no report */
export function parseReport(json: string): Report {
  return v.parse(Report, JSON.parse(json))
}

export function failedFiles({ testResults }: Report): string[] {
  return testResults.filter(({ status }) => status === 'failed').map(({ name }) => name)
}

/** Whatever did not pass failed: a test that was skipped or never reached, and a file without one. */
export function count({ testResults }: Report): Count {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed').length
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').length
  // A file that fails to load, or in its set-up, may have no failed test of its own.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length
  const notes: string[] = []
  if (broken > 0) notes.push(`${broken} test files could not be loaded or set up`)
  if (skipped > 0) notes.push(`${skipped} tests were skipped, which counts as failed`)
  return { passed, failed: tests.length - passed + broken, notes }
}

/** @returns the first report with the files of the second in their place, and each test that passed only then */
export function layOver(first: Report, second: Report): { report: Report; passedThen: string[] } {
  const again = new Map(second.testResults.map((file) => [file.name, file]))
  const passedThen = first.testResults.flatMap(({ name, assertionResults }) => {
    const good = again.get(name)?.assertionResults.filter(({ status }) => status === 'passed')
    const names = new Set(good?.map(({ fullName }) => fullName))
    return assertionResults
      .filter(({ status, fullName }) => status === 'failed' && names.has(fullName))
      .map(({ fullName }) => fullName)
  })
  return {
    report: { testResults: first.testResults.map((file) => again.get(file.name) ?? file) },
    passedThen,
  }
}
