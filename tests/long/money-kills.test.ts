/** Fifty kills; a short form runs with the contract tests. */
import { addMoneyKillTests } from '../support/money-kills.ts'

addMoneyKillTests('a file', 25)
addMoneyKillTests('a libSQL server', 25)
