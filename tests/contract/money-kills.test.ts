/** The short form of tests/long/money-kills. */
import { addMoneyKillTests } from '../support/money-kills.ts'

addMoneyKillTests('a file', 3)
