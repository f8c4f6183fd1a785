/** `npm run ledger:verify`: recomputes the ledger from its entries. Works while the edge runs. Exits with 1 on a fault. */
import { ledgerTotals, verifyLedger } from '../../ledger/verify.ts'
import { readSettings } from './config.ts'
import { openDatabase } from './edge-server.ts'
import { requireInstallation, requireSchema } from './require-installation.ts'
import { runCommand, StartError } from './start-error.ts'

await runCommand(async () => {
  const settings = readSettings(process.env)
  await requireInstallation(settings)
  const database = await openDatabase(settings, { mustOwn: false })
  try {
    await requireSchema(database)
    const faults = await verifyLedger(database)
    if (faults.length > 0)
      throw new StartError([
        'the ledger is not balanced',
        ...faults.map(({ kind, ...row }) => `${kind} ${JSON.stringify(row)}`),
      ])
    const { accounts, transfers, entries } = await ledgerTotals(database)
    console.log(`balanced: ${accounts} accounts, ${transfers} transfers, ${entries} entries`)
  } finally {
    await database.close()
  }
})
