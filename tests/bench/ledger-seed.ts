/** Donations of one Rupiah by SQL, with all that a donation leaves in the ledger. */
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import type { Person, Streamer } from '../support/people.ts'
import type { LedgerEdge } from './ledger-edge.ts'

/** The rules are left out while what obeys them is written: a million donations would take hours through them. */
const GUARDED = ['transfer', 'posting', 'entry', 'account', 'donation']

export async function seedDonations(
  { database: at }: LedgerEdge,
  { donor, streamer, stored }: { donor: Person; streamer: Streamer; stored: number },
): Promise<void> {
  const database = await openDatabase({ database: at }, { mustOwn: false })
  try {
    const triggers = await database.read({
      sql: `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (SELECT value FROM json_each(?))`,
      args: [JSON.stringify(GUARDED)],
    })
    const account = (person: Person) => `member:${person.id}:available`
    const rows = `(WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ${stored}) SELECT n FROM row)`
    const id = `printf('0000%022d', n)`
    const entries = (person: Person, sign: 1 | -1) =>
      `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ${id}, '${account(person)}', ${sign}, (SELECT balance FROM account WHERE id = '${account(person)}') + ${sign} * n
        FROM ${rows};
      UPDATE account SET balance = balance + ${sign * stored} WHERE id = '${account(person)}';`
    await database.executeScript(`BEGIN IMMEDIATE;
      ${triggers.map(({ name }) => `DROP TRIGGER ${String(name)};`).join('\n')}
      INSERT INTO transfer (id, kind, idempotency_owner, idempotency_key, request_hash, description, created_at)
        SELECT ${id}, 'donation', '${donor.id}', 'seed-' || n, '', 'Panggung', n FROM ${rows};
      ${entries(donor, -1)}
      ${entries(streamer, 1)}
      INSERT INTO posting (transfer_id, posted_at) SELECT ${id}, n FROM ${rows};
      INSERT INTO donation (id, transfer_id, from_member_id, channel_id, to_member_id, sender_name, is_anonymous, amount,
          is_alert, created_at)
        SELECT ${id}, ${id}, '${donor.id}', channel.id, '${streamer.id}', 'Budi', 0, 1, 0, n
        FROM ${rows}, channel WHERE owner_id = '${streamer.id}';
      INSERT INTO notification (id, member_id, kind, payload, created_at, read_at)
        SELECT ${id}, '${streamer.id}', 'donation_received', '{}', n, n FROM ${rows};
      INSERT INTO activity (action, member_id, details, created_at)
        SELECT 'donation_made', '${donor.id}', '{}', n FROM ${rows};
      ${triggers.map(({ sql }) => `${String(sql)};`).join('\n')}
      COMMIT;`)
  } finally {
    await database.close()
  }
}
