/** Whose money leaves: the name on the identity that an admin has seen, and the one that the bank shows. */
export const sql = /* sql */ `
CREATE TABLE member_identity (
  member_id TEXT PRIMARY KEY REFERENCES member (id),
  -- As on the card; no number and no picture of it is kept.
  name TEXT NOT NULL,
  checked_by TEXT NOT NULL REFERENCES admin (id),
  checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE payout_account ADD COLUMN name_at_bank TEXT;
-- Why it was accepted although the names differ.
ALTER TABLE payout_account ADD COLUMN name_reason TEXT;
CREATE TRIGGER payout_account_has_identity BEFORE UPDATE OF name_checked_by ON payout_account
WHEN NEW.name_checked_by IS NOT NULL AND OLD.name_checked_by IS NULL
  AND NOT EXISTS (SELECT 1 FROM member_identity WHERE member_id = NEW.member_id)
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_NAME_UNCHECKED'); END;
CREATE TRIGGER withdrawal_approval_name_checked BEFORE INSERT ON withdrawal_approval
WHEN (SELECT name_checked_by FROM withdrawal_request JOIN payout_account ON payout_account.id = payout_account_id
  WHERE withdrawal_request.id = NEW.withdrawal_id AND state = 'held') IS NULL
  AND (SELECT state FROM withdrawal_request WHERE id = NEW.withdrawal_id) = 'held'
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_NAME_UNCHECKED'); END;
`
