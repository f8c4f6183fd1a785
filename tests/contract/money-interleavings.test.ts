/** A short form of tests/long/money-interleavings. */
import { addInterleavingTests } from '../support/money-interleavings.ts'

addInterleavingTests({ where: 'a file', gateway: 'midtrans', runs: 20 })
addInterleavingTests({ where: 'a libSQL server', gateway: 'xendit', runs: 4 })
