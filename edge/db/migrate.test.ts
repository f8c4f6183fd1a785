import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openDatabaseFile } from '../runtimes/node/database-file/database-file.ts'
import { migrate, MIGRATIONS } from './migrate.ts'
import { SCHEMA_VERSION, schemaVersion } from './schema.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-migrate-'))
  const database = await openDatabaseFile({ path: join(folder, 'panggung.db') })
  closing.push(
    () => rm(folder, { recursive: true }),
    () => database.close(),
  )
  return database
}

/** One donation with its alert shown, and one that still waits, as the first release kept them. */
const FIRST_RELEASE = `
  INSERT INTO admin VALUES ('a1', 'pengelola', 'hash', 1);
  INSERT INTO member VALUES ('m1', 'budi@contoh.id', 'budi', 'hash', 1), ('m2', 'siti@contoh.id', 'siti', 'hash', 1);
  INSERT INTO member_right VALUES ('m1', 'donations', 'a1', 1);
  INSERT INTO channel (id, slug, owner_id, title, created_at) VALUES ('c1', 'budi', 'm1', 'Budi', 1);
  BEGIN;
  INSERT INTO transfer VALUES ('t1', 'credit', 'a1', 'k1', 'h', 'saldo awal', 1), ('t2', 'donation', 'm2', 'k2', 'h', 'donasi', 2);
  INSERT INTO entry (transfer_id, account_id, amount, balance_after)
    VALUES ('t1', 'correction', -50000, -50000), ('t1', 'member:m2:available', 50000, 50000),
           ('t2', 'member:m2:available', -20000, 30000), ('t2', 'member:m1:available', 20000, 20000);
  INSERT INTO posting VALUES ('t1', 1), ('t2', 2);
  COMMIT;
  INSERT INTO donation VALUES ('d1', 't2', 'm2', 'c1', 'm1', 'Siti', 0, 20000, 'Semangat', 1, 2);
  INSERT INTO alert (id, channel_id, kind, donation_id, sender_name, message, template, amount, duration_ms, is_displayed, created_at)
    VALUES ('al1', 'c1', 'donation', 'd1', 'Siti', 'Semangat', '{nama} berdonasi {jumlah}', 20000, 8000, 1, 2),
           ('al2', 'c1', 'test', NULL, 'Contoh', NULL, '{nama} berdonasi {jumlah}', 10000, 8000, 0, 3);
  INSERT INTO alert_play (alert_id, slot, channel_id, state, times_claimed, started_at, done_at)
    VALUES ('al1', 'main', 'c1', 'done', 1, 4, 5), ('al2', 'main', 'c1', 'queued', 0, NULL, NULL);`

test('an edge asks for the newest schema, and the list has no holes', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(
    Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1),
  )
})

test('what the first release kept is there after every later migration', async () => {
  const database = await open()
  await migrate(database, 0, MIGRATIONS.slice(0, 1))
  await database.executeScript(FIRST_RELEASE)
  expect(await migrate(database, 1)).toEqual(MIGRATIONS.slice(1).map(({ name }) => name))
  expect(await schemaVersion(database)).toBe(MIGRATIONS.at(-1)?.version)
  const read = (sql: string) => database.read({ sql })
  expect(
    await read(`SELECT id, balance FROM account WHERE member_id IS NOT NULL AND balance <> 0 ORDER BY id`),
  ).toEqual([
    { id: 'member:m1:available', balance: 20_000 },
    { id: 'member:m2:available', balance: 30_000 },
  ])
  expect(await read('SELECT id, kind FROM transfer ORDER BY id')).toEqual([
    { id: 't1', kind: 'credit' },
    { id: 't2', kind: 'donation' },
  ])
  expect(await read('SELECT seq, id, donation_id, message, is_displayed FROM alert ORDER BY seq')).toEqual([
    { seq: 1, id: 'al1', donation_id: 'd1', message: 'Semangat', is_displayed: 1 },
    { seq: 2, id: 'al2', donation_id: null, message: null, is_displayed: 0 },
  ])
  expect(await read('SELECT alert_id, state, done_at FROM alert_play ORDER BY alert_id')).toEqual([
    { alert_id: 'al1', state: 'done', done_at: 5 },
    { alert_id: 'al2', state: 'queued', done_at: null },
  ])
  expect(await read('PRAGMA foreign_key_check')).toEqual([])
  expect(await read('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
})
