/** A short form of tests/long/money-interleavings. */
import { addInterleavingTests } from '../support/money-interleavings.ts'

addInterleavingTests({ where: 'a file', gateway: 'midtrans', runs: 20, seed: 1 })
addInterleavingTests({ where: 'a libSQL server', gateway: 'xendit', runs: 4, seed: 1 })
