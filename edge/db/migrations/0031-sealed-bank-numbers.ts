/**
 * Numbers of bank accounts are sealed wherever they are kept. SQL cannot seal: rows from before are plain until an edge has
 * looked after them (`payments/bank-secrets`), which also seals anew what an older key sealed.
 */
export const sql = /* sql */ `
DROP TRIGGER receiving_account_stays;
ALTER TABLE receiving_account RENAME COLUMN account_number TO sealed_number;
-- NULL: not sealed yet.
ALTER TABLE receiving_account ADD COLUMN sealed_kid TEXT;
ALTER TABLE receiving_account ADD COLUMN number_end TEXT NOT NULL DEFAULT '';
-- Keyed, so that nobody finds the number by trying all of them.
ALTER TABLE receiving_account ADD COLUMN number_fingerprint TEXT;
UPDATE receiving_account SET number_end = substr(sealed_number, -4);
CREATE UNIQUE INDEX receiving_account_number ON receiving_account (number_fingerprint);
CREATE INDEX receiving_account_kid ON receiving_account (sealed_kid);
CREATE TRIGGER receiving_account_stays BEFORE UPDATE OF id, bank, number_end ON receiving_account
BEGIN SELECT RAISE(ABORT, 'RECEIVING_ACCOUNT_FIXED'); END;

-- Banks write names and numbers of senders into the description.
ALTER TABLE bank_line ADD COLUMN sealed_kid TEXT;
CREATE INDEX bank_line_kid ON bank_line (sealed_kid);

-- NULL: by whichever key the value names.
ALTER TABLE payout_account ADD COLUMN sealed_kid TEXT;
CREATE INDEX payout_account_kid ON payout_account (sealed_kid);
DROP TRIGGER payout_account_stays;
CREATE TRIGGER payout_account_stays
BEFORE UPDATE OF id, member_id, bank, number_end, account_name, created_at, usable_from ON payout_account
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_FIXED'); END;

-- What the ledger and the log said of them.
DROP TRIGGER transfer_no_update;
UPDATE transfer SET description = '' WHERE kind = 'unmatched_arrived';
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
DROP TRIGGER activity_no_update;
UPDATE activity SET details = json_set(details, '$.reference', '…' || substr(details ->> '$.reference', -4))
  WHERE action IN ('receiving_account_added', 'receiving_account_changed', 'statement_imported')
    AND details ->> '$.reference' IS NOT NULL;
CREATE TRIGGER activity_no_update BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'ACTIVITY_APPEND_ONLY'); END;
`
