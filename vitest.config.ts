import { defineConfig } from 'vitest/config'
import { findDeno } from './tests/support/deno.ts'

/** `npm test` says when these are left out. */
const withoutDeno = findDeno() === undefined ? ['tests/**/deno*.test.ts'] : []

/** Where a file is too long to be tried again as a whole, as `tests/run.ts` does; what is broken fails twice. */
const retry = process.env['CI'] === 'true' ? 1 : 0

/** One project per kind of test, so that `tests/run.ts` can hold each to its budget. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // To start a process and load all modules anew for each file would be half of the work. No module of ours keeps
          // what one test could tell another by, but for the language of the page.
          isolate: false,
          setupFiles: ['tests/support/unit-file-end.ts'],
          // None takes a second of work; on a machine that others use, that can be many seconds of waiting.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ['{shared,edge,origin,player}/**/*.test.ts', 'tests/*.test.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          exclude: withoutDeno,
          retry,
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/{conformance,e2e,hostile}/**/*.test.ts'],
          exclude: withoutDeno,
          // Each file has an installation and a browser of its own, and waits for them most of the time.
          maxWorkers: 3,
          // A story waits for several things, each with the deadline of `eventually`.
          testTimeout: 120_000,
          hookTimeout: 90_000,
        },
      },
      {
        // Started by `npm run test:docker`, which brings the engine.
        test: {
          name: 'docker',
          include: ['tests/docker/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['tests/long/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
