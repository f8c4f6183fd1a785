/** Thousands of interleavings; a short form runs with the contract tests. */
import { addInterleavingTests } from '../support/money-interleavings.ts'

for (const gateway of ['midtrans', 'xendit'] as const) {
  addInterleavingTests({ where: 'a file', gateway, worlds: 10, runs: 100 })
  // Each run takes five times as long there.
  addInterleavingTests({ where: 'a libSQL server', gateway, worlds: 2, runs: 100 })
}
