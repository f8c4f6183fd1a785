/** Brings a database to this edge's schema. */
import type { Database } from '../ports.ts'
import { sql as initial } from './migrations/0001-initial.ts'
import { sql as endingsAndResets } from './migrations/0002-endings-and-password-resets.ts'
import { sql as airRules } from './migrations/0003-air-rules.ts'
import { sql as deposits } from './migrations/0004-deposits.ts'
import { sql as withdrawals } from './migrations/0005-withdrawals.ts'
import { sql as alertControl } from './migrations/0006-alert-control.ts'
import { sql as widgets } from './migrations/0007-widgets.ts'
import { sql as viewers } from './migrations/0008-viewers.ts'
import { sql as moderation } from './migrations/0009-moderation.ts'
import { sql as alertsInStream } from './migrations/0010-alerts-in-stream.ts'
import { sql as webhooks } from './migrations/0011-webhooks.ts'
import { sql as videos } from './migrations/0012-videos.ts'
import { sql as donationCare } from './migrations/0013-donation-care.ts'
import { sql as gateway } from './migrations/0014-gateway.ts'
import { sql as frozenAccounts } from './migrations/0015-frozen-accounts.ts'
import { sql as assets } from './migrations/0016-assets.ts'
import { sql as alertSlots } from './migrations/0017-alert-slots.ts'
import { sql as cases } from './migrations/0018-cases.ts'
import { sql as secondFactor } from './migrations/0019-second-factor.ts'
import { sql as videoLibrary } from './migrations/0020-video-library.ts'
import { sql as legalPages } from './migrations/0021-legal-pages.ts'
import { sql as uploads } from './migrations/0022-uploads.ts'
import { sql as prudence } from './migrations/0023-prudence.ts'
import { sql as guestLinks } from './migrations/0024-guest-links.ts'
import { sql as mail } from './migrations/0025-mail.ts'
import { sql as videoCare } from './migrations/0026-video-care.ts'
import { sql as closedAccounts } from './migrations/0027-closed-accounts.ts'
import { sql as cuts } from './migrations/0028-cuts.ts'
import { sql as linkPictures } from './migrations/0029-link-pictures.ts'
import { sql as donationHolds } from './migrations/0030-donation-holds.ts'
import { sql as sealedBankNumbers } from './migrations/0031-sealed-bank-numbers.ts'
import { sql as videoPictures } from './migrations/0032-video-pictures.ts'
import { sql as nameChecks } from './migrations/0033-name-checks.ts'
import { sql as capsEverywhere } from './migrations/0034-caps-everywhere.ts'
import { sql as bankReferences } from './migrations/0035-bank-references.ts'
import { sql as guestRow } from './migrations/0036-guest-row.ts'
import { sql as acceptedTerms } from './migrations/0037-accepted-terms.ts'
import { sql as captions } from './migrations/0038-captions.ts'
import { sql as refundsTaken } from './migrations/0039-refunds-taken.ts'
import { sql as takedowns } from './migrations/0040-takedowns.ts'
import { sql as chapters } from './migrations/0041-chapters.ts'
import { sql as avatars } from './migrations/0042-avatars.ts'
import { sql as mailFailure } from './migrations/0043-mail-failure.ts'
import { sql as marks } from './migrations/0044-marks.ts'
import { sql as elsewhere } from './migrations/0045-elsewhere.ts'
import { sql as secondAdmin } from './migrations/0046-second-admin.ts'
import { sql as alertChapters } from './migrations/0047-alert-chapters.ts'
import { sql as gatewayFollowUp } from './migrations/0048-gateway-follow-up.ts'
import { sql as ruleClock } from './migrations/0049-rule-clock.ts'
import { sql as storageProblem } from './migrations/0050-storage-problem.ts'
import { schemaVersion } from './schema.ts'

interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** In order; a migration that was released is never changed. `SCHEMA_VERSION` is the last one here. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'initial', sql: initial },
  { version: 2, name: 'endings-and-password-resets', sql: endingsAndResets },
  { version: 3, name: 'air-rules', sql: airRules },
  { version: 4, name: 'deposits', sql: deposits },
  { version: 5, name: 'withdrawals', sql: withdrawals },
  { version: 6, name: 'alert-control', sql: alertControl },
  { version: 7, name: 'widgets', sql: widgets },
  { version: 8, name: 'viewers', sql: viewers },
  { version: 9, name: 'moderation', sql: moderation },
  { version: 10, name: 'alerts-in-stream', sql: alertsInStream },
  { version: 11, name: 'webhooks', sql: webhooks },
  { version: 12, name: 'videos', sql: videos },
  { version: 13, name: 'donation-care', sql: donationCare },
  { version: 14, name: 'gateway', sql: gateway },
  { version: 15, name: 'frozen-accounts', sql: frozenAccounts },
  { version: 16, name: 'assets', sql: assets },
  { version: 17, name: 'alert-slots', sql: alertSlots },
  { version: 18, name: 'cases', sql: cases },
  { version: 19, name: 'second-factor', sql: secondFactor },
  { version: 20, name: 'video-library', sql: videoLibrary },
  { version: 21, name: 'legal-pages', sql: legalPages },
  { version: 22, name: 'uploads', sql: uploads },
  { version: 23, name: 'prudence', sql: prudence },
  { version: 24, name: 'guest-links', sql: guestLinks },
  { version: 25, name: 'mail', sql: mail },
  { version: 26, name: 'video-care', sql: videoCare },
  { version: 27, name: 'closed-accounts', sql: closedAccounts },
  { version: 28, name: 'cuts', sql: cuts },
  { version: 29, name: 'link-pictures', sql: linkPictures },
  { version: 30, name: 'donation-holds', sql: donationHolds },
  { version: 31, name: 'sealed-bank-numbers', sql: sealedBankNumbers },
  { version: 32, name: 'video-pictures', sql: videoPictures },
  { version: 33, name: 'name-checks', sql: nameChecks },
  { version: 34, name: 'caps-everywhere', sql: capsEverywhere },
  { version: 35, name: 'bank-references', sql: bankReferences },
  { version: 36, name: 'guest-row', sql: guestRow },
  { version: 37, name: 'accepted-terms', sql: acceptedTerms },
  { version: 38, name: 'captions', sql: captions },
  { version: 39, name: 'refunds-taken', sql: refundsTaken },
  { version: 40, name: 'takedowns', sql: takedowns },
  { version: 41, name: 'chapters', sql: chapters },
  { version: 42, name: 'avatars', sql: avatars },
  { version: 43, name: 'mail-failure', sql: mailFailure },
  { version: 44, name: 'marks', sql: marks },
  { version: 45, name: 'elsewhere', sql: elsewhere },
  { version: 46, name: 'second-admin', sql: secondAdmin },
  { version: 47, name: 'alert-chapters', sql: alertChapters },
  { version: 48, name: 'gateway-follow-up', sql: gatewayFollowUp },
  { version: 49, name: 'rule-clock', sql: ruleClock },
  { version: 50, name: 'storage-problem', sql: storageProblem },
]

/** What an adapter offers beside `Database`, for migrations only. */
export interface MigratableDatabase extends Database {
  /** Runs a whole script as it is; splitting on `;` would cut triggers in two. */
  executeScript(sql: string): Promise<void>
}

/** @returns names of the migrations that were applied now */
export async function migrate(
  database: MigratableDatabase,
  nowMs: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly string[]> {
  await database.executeScript(`CREATE TABLE IF NOT EXISTS schema_migration (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
  ) STRICT;`)
  const from = await schemaVersion(database)
  const pending = migrations.filter(({ version }) => version > from)
  for (const { version, name, sql } of pending)
    // One transaction: the row says so exactly when all of the script has happened.
    await database.executeScript(
      `BEGIN IMMEDIATE;
      INSERT INTO schema_migration (version, name, applied_at) VALUES (${version}, '${name}', ${Math.trunc(nowMs)});
      ${sql};
      COMMIT;`,
    )
  return pending.map(({ name }) => name)
}
