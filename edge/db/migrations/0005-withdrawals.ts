/** Withdrawals: payout accounts, requests whose money is held, approvals by one or two admins. */
export const sql = /* sql */ `
INSERT INTO transfer_kind (kind) VALUES ('withdrawal_held'), ('withdrawal_paid'), ('withdrawal_released'),
  ('withdrawal_reversed');

UPDATE payment_setting SET value = json_patch(value, '{"withdrawalMinimumRupiah":0,"withdrawalFeeRupiah":0,
  "withdrawalsPerDay":3,"payoutAccountCoolDownHours":24,"twoAdminsAboveRupiah":5000000}');

-- Where a member's money goes. The number is encrypted: it must be read back to be paid to.
CREATE TABLE payout_account (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  bank TEXT NOT NULL,
  sealed_number TEXT NOT NULL,
  number_end TEXT NOT NULL,
  account_name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  usable_from INTEGER NOT NULL,
  -- An admin has seen at the bank that the account is of this name.
  name_checked_by TEXT REFERENCES admin (id),
  name_checked_at INTEGER,
  replaced_at INTEGER
) STRICT;
CREATE UNIQUE INDEX payout_account_current ON payout_account (member_id) WHERE replaced_at IS NULL;
-- Whoever takes over a session must not empty the wallet before its owner notices.
CREATE TRIGGER payout_account_cools BEFORE INSERT ON payout_account
WHEN EXISTS (SELECT 1 FROM payout_account WHERE member_id = NEW.member_id)
  AND NEW.usable_from < NEW.created_at + 3600000 *
    (SELECT json_extract(value, '$.payoutAccountCoolDownHours') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_MUST_COOL'); END;
CREATE TRIGGER payout_account_stays
BEFORE UPDATE OF id, member_id, bank, sealed_number, number_end, account_name, created_at, usable_from ON payout_account
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_FIXED'); END;
CREATE TRIGGER payout_account_no_delete BEFORE DELETE ON payout_account
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_FIXED'); END;

CREATE TABLE withdrawal_request (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  payout_account_id TEXT NOT NULL REFERENCES payout_account (id),
  -- Leaves the balance; the fee is part of it.
  amount INTEGER NOT NULL CHECK (amount > 0),
  fee INTEGER NOT NULL CHECK (fee >= 0),
  note TEXT,
  state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'paid', 'released', 'reversed')),
  hold_transfer_id TEXT NOT NULL UNIQUE REFERENCES transfer (id),
  resolve_transfer_id TEXT UNIQUE REFERENCES transfer (id),
  reverse_transfer_id TEXT UNIQUE REFERENCES transfer (id),
  paid_from TEXT REFERENCES receiving_account (id),
  bank_transaction_id TEXT,
  decided_by TEXT REFERENCES admin (id),
  decided_at INTEGER,
  reason TEXT,
  created_at INTEGER NOT NULL,
  CONSTRAINT fee_leaves_something CHECK (amount > fee),
  CONSTRAINT resolved_has_transfer CHECK ((state = 'held') = (resolve_transfer_id IS NULL)),
  CONSTRAINT reversed_has_transfer CHECK ((state = 'reversed') = (reverse_transfer_id IS NOT NULL)),
  CONSTRAINT paid_has_reference CHECK (
    (state IN ('paid', 'reversed')) = (paid_from IS NOT NULL AND bank_transaction_id IS NOT NULL)
  )
) STRICT;
CREATE INDEX withdrawal_member ON withdrawal_request (member_id, id);
CREATE INDEX withdrawal_held ON withdrawal_request (id) WHERE state = 'held';
CREATE UNIQUE INDEX withdrawal_paid_once ON withdrawal_request (paid_from, bank_transaction_id);

CREATE TABLE withdrawal_approval (
  withdrawal_id TEXT NOT NULL REFERENCES withdrawal_request (id),
  admin_id TEXT NOT NULL REFERENCES admin (id),
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (withdrawal_id, admin_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER withdrawal_approval_stays BEFORE UPDATE ON withdrawal_approval
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_APPROVAL_FIXED'); END;
CREATE TRIGGER withdrawal_approval_no_delete BEFORE DELETE ON withdrawal_approval
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_APPROVAL_FIXED'); END;
CREATE TRIGGER withdrawal_approval_in_time BEFORE INSERT ON withdrawal_approval
WHEN (SELECT state FROM withdrawal_request WHERE id = NEW.withdrawal_id) IS NOT 'held'
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_ALREADY_DECIDED'); END;

CREATE TRIGGER withdrawal_fee BEFORE INSERT ON withdrawal_request
WHEN NEW.fee <> (SELECT json_extract(value, '$.withdrawalFeeRupiah') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_FEE_CHANGED'); END;
CREATE TRIGGER withdrawal_minimum BEFORE INSERT ON withdrawal_request
WHEN NEW.amount < (SELECT json_extract(value, '$.withdrawalMinimumRupiah') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_TOO_SMALL'); END;
CREATE TRIGGER withdrawal_without_debt BEFORE INSERT ON withdrawal_request
WHEN EXISTS (SELECT 1 FROM account WHERE member_id = NEW.member_id AND kind = 'debt' AND balance < 0)
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_WITH_DEBT'); END;
CREATE TRIGGER withdrawal_to_own_account BEFORE INSERT ON withdrawal_request
WHEN NOT EXISTS (SELECT 1 FROM payout_account
  WHERE id = NEW.payout_account_id AND member_id = NEW.member_id AND replaced_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_REPLACED'); END;
CREATE TRIGGER withdrawal_after_cool_down BEFORE INSERT ON withdrawal_request
WHEN (SELECT usable_from FROM payout_account WHERE id = NEW.payout_account_id) > NEW.created_at
BEGIN SELECT RAISE(ABORT, 'PAYOUT_ACCOUNT_COOLING'); END;
-- Of the last 24 hours. What was released does not count.
CREATE TRIGGER withdrawal_daily BEFORE INSERT ON withdrawal_request
WHEN (SELECT COUNT(*) FROM withdrawal_request WHERE member_id = NEW.member_id AND state <> 'released'
      AND created_at > NEW.created_at - 86400000)
    >= (SELECT json_extract(value, '$.withdrawalsPerDay') FROM payment_setting)
  OR NEW.amount + (SELECT COALESCE(SUM(amount), 0) FROM withdrawal_request WHERE member_id = NEW.member_id
      AND state <> 'released' AND created_at > NEW.created_at - 86400000)
    > (SELECT json_extract(value, '$.withdrawalRupiahPerDay') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'TOO_MANY_WITHDRAWALS'); END;

CREATE TRIGGER withdrawal_terms_stay
BEFORE UPDATE OF id, member_id, payout_account_id, amount, fee, hold_transfer_id, created_at ON withdrawal_request
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_TERMS_FIXED'); END;
CREATE TRIGGER withdrawal_decided_once BEFORE UPDATE ON withdrawal_request
WHEN NOT (OLD.state = 'held' AND NEW.state IN ('paid', 'released')) AND NOT (OLD.state = 'paid' AND NEW.state = 'reversed')
BEGIN SELECT RAISE(ABORT, 'WITHDRAWAL_ALREADY_DECIDED'); END;
-- Two different admins above the amount; while there is one admin, the rule is off.
CREATE TRIGGER withdrawal_second_admin BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND (SELECT COUNT(*) FROM withdrawal_approval WHERE withdrawal_id = NEW.id) <
  CASE WHEN NEW.amount > COALESCE(
      (SELECT json_extract(value, '$.twoAdminsAboveRupiah') FROM payment_setting), 9e15)
    AND (SELECT COUNT(*) FROM admin) > 1 THEN 2 ELSE 1 END
BEGIN SELECT RAISE(ABORT, 'SECOND_ADMIN_NEEDED'); END;
CREATE TRIGGER withdrawal_name_checked BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND (SELECT name_checked_by FROM payout_account WHERE id = NEW.payout_account_id) IS NULL
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_NAME_UNCHECKED'); END;
`
