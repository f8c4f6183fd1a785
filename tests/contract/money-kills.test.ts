/** The short form of tests/long/money. */
import { addMoneyKillTests } from '../support/money-kills.ts'

addMoneyKillTests('a file', 2)
