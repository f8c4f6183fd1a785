/** Deposits: receiving accounts, requests with a unique total, and what arrived without one. */
export const sql = /* sql */ `
-- Dropped parents are filled again below, before anybody looks.
PRAGMA defer_foreign_keys = ON;

-- A table and not a CHECK: kinds are added without copying the ledger again.
CREATE TABLE transfer_kind (kind TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO transfer_kind (kind) VALUES ('donation'), ('credit'), ('deposit'), ('deposit_reversed'),
  ('debt_repaid'), ('unmatched_arrived'), ('unmatched_assigned'), ('unmatched_returned'), ('unmatched_dismissed');

CREATE TABLE transfer_copy AS SELECT * FROM transfer;
DROP TABLE transfer;
CREATE TABLE transfer (
  -- Deferred: a transfer that was never posted would keep its idempotency key for nothing.
  id TEXT PRIMARY KEY REFERENCES posting (transfer_id) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL REFERENCES transfer_kind (kind),
  -- Who chose the key: a member's or an admin's id, or the request that may be resolved once.
  idempotency_owner TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (idempotency_owner, idempotency_key)
) STRICT;
INSERT INTO transfer (id, kind, idempotency_owner, idempotency_key, request_hash, description, created_at)
  SELECT id, kind, idempotency_owner, idempotency_key, request_hash, description, created_at FROM transfer_copy;
DROP TABLE transfer_copy;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;

CREATE TABLE account_copy AS SELECT * FROM account;
DROP TABLE account;
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL
    CHECK (kind IN ('available', 'held', 'debt', 'bank', 'gateway', 'fee', 'suspense', 'correction')),
  member_id TEXT REFERENCES member (id),
  balance INTEGER NOT NULL DEFAULT 0,
  -- Members' money stops at zero; what stands for the outside world may go below.
  may_go_negative INTEGER NOT NULL DEFAULT 0 CHECK (may_go_negative IN (0, 1)),
  CONSTRAINT no_overdraft CHECK (may_go_negative = 1 OR balance >= 0),
  -- What a member owes stands below zero.
  CONSTRAINT no_overpaid_debt CHECK (kind <> 'debt' OR balance <= 0)
) STRICT;
INSERT INTO account (id, kind, member_id, balance, may_go_negative)
  SELECT id, kind, member_id, balance, may_go_negative FROM account_copy;
DROP TABLE account_copy;
CREATE UNIQUE INDEX account_member ON account (member_id, kind) WHERE member_id IS NOT NULL;
CREATE TRIGGER account_opens_empty BEFORE INSERT ON account WHEN NEW.balance <> 0
BEGIN SELECT RAISE(ABORT, 'BALANCE_WITHOUT_ENTRY'); END;
CREATE TRIGGER account_moves_by_entries BEFORE UPDATE OF balance ON account
WHEN NEW.balance IS NOT (SELECT balance_after FROM entry WHERE account_id = NEW.id ORDER BY seq DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'BALANCE_WITHOUT_ENTRY'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
INSERT INTO account (id, kind) VALUES ('suspense:unmatched', 'suspense'), ('fee', 'fee');

-- A CHECK cannot be altered, so the table is made anew. Nothing refers to it.
CREATE TABLE notification_next (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation_received', 'right_decided', 'balance_credited', 'broadcast_ended',
    'deposit_decided', 'withdrawal_decided', 'donation_refunded', 'waiting_donation')),
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
INSERT INTO notification_next SELECT id, member_id, kind, payload, created_at, read_at FROM notification;
DROP TABLE notification;
ALTER TABLE notification_next RENAME TO notification;
CREATE INDEX notification_member ON notification (member_id, id);
CREATE INDEX notification_unread ON notification (member_id) WHERE read_at IS NULL;

-- One row, which the triggers read too: the rule that holds is the one of that very instant.
CREATE TABLE payment_setting (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL) STRICT;
INSERT INTO payment_setting (id, value) VALUES (1, '{"depositMinimumRupiah":10000,"depositHours":24}');

-- The platform's own bank accounts, which members transfer to.
CREATE TABLE receiving_account (
  id TEXT PRIMARY KEY,
  bank TEXT NOT NULL,
  account_number TEXT NOT NULL,
  account_name TEXT NOT NULL,
  is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1)),
  created_at INTEGER NOT NULL,
  UNIQUE (bank, account_number)
) STRICT;
CREATE TRIGGER receiving_account_opens AFTER INSERT ON receiving_account
BEGIN INSERT INTO account (id, kind, may_go_negative) VALUES ('bank:' || NEW.id, 'bank', 1); END;
-- Its number is on past requests: another number is another account.
CREATE TRIGGER receiving_account_stays BEFORE UPDATE OF id, bank, account_number ON receiving_account
BEGIN SELECT RAISE(ABORT, 'RECEIVING_ACCOUNT_FIXED'); END;

CREATE TABLE deposit_request (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  receiving_account_id TEXT NOT NULL REFERENCES receiving_account (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- Makes the total unique; its Rupiah belong to the depositor. NULL (refused): every code is taken.
  code INTEGER NOT NULL CHECK (code BETWEEN 1 AND 9999),
  total INTEGER NOT NULL CHECK (total = amount + code),
  note TEXT,
  -- Open past expires_at counts as expired, unless the member says that the transfer was made.
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected', 'cancelled', 'reversed')),
  expires_at INTEGER NOT NULL,
  claimed_at INTEGER,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  bank_transaction_id TEXT,
  transfer_id TEXT UNIQUE REFERENCES transfer (id),
  decided_by TEXT REFERENCES admin (id),
  decided_at INTEGER,
  reason TEXT,
  CONSTRAINT approved_has_transfer CHECK ((state IN ('approved', 'reversed')) = (transfer_id IS NOT NULL)),
  CONSTRAINT closed_has_time CHECK ((state = 'open') = (decided_at IS NULL)),
  UNIQUE (member_id, idempotency_key)
) STRICT;
CREATE INDEX deposit_request_member ON deposit_request (member_id, id);
CREATE INDEX deposit_request_open ON deposit_request (id) WHERE state = 'open';
CREATE INDEX deposit_request_total ON deposit_request (total);

-- Totals that mean one request: while it is open, and for seven days after it closed.
CREATE TABLE deposit_total (
  receiving_account_id TEXT NOT NULL,
  total INTEGER NOT NULL,
  deposit_id TEXT NOT NULL UNIQUE REFERENCES deposit_request (id),
  free_after INTEGER NOT NULL,
  PRIMARY KEY (receiving_account_id, total)
) STRICT, WITHOUT ROWID;
CREATE INDEX deposit_total_free ON deposit_total (free_after);

CREATE TRIGGER deposit_to_open_account BEFORE INSERT ON deposit_request
WHEN NOT EXISTS (SELECT 1 FROM receiving_account WHERE id = NEW.receiving_account_id AND is_open = 1)
BEGIN SELECT RAISE(ABORT, 'RECEIVING_ACCOUNT_CLOSED'); END;
CREATE TRIGGER deposit_minimum BEFORE INSERT ON deposit_request
WHEN NEW.amount < (SELECT json_extract(value, '$.depositMinimumRupiah') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_TOO_SMALL'); END;
-- One member must not use up the codes of all.
CREATE TRIGGER deposit_not_too_many BEFORE INSERT ON deposit_request
WHEN (SELECT COUNT(*) FROM deposit_request WHERE member_id = NEW.member_id AND state = 'open'
      AND (claimed_at IS NOT NULL OR expires_at > NEW.created_at)) >= 5
  OR (SELECT COUNT(*) FROM deposit_request WHERE member_id = NEW.member_id
      AND created_at > NEW.created_at - 86400000) >= 20
BEGIN SELECT RAISE(ABORT, 'TOO_MANY_DEPOSITS'); END;
CREATE TRIGGER deposit_takes_total AFTER INSERT ON deposit_request
BEGIN
  DELETE FROM deposit_total WHERE free_after <= NEW.created_at;
  INSERT INTO deposit_total (receiving_account_id, total, deposit_id, free_after)
    VALUES (NEW.receiving_account_id, NEW.total, NEW.id, NEW.expires_at + 604800000);
END;

CREATE TRIGGER deposit_terms_stay
BEFORE UPDATE OF id, member_id, receiving_account_id, amount, code, total, created_at ON deposit_request
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_TERMS_FIXED'); END;
CREATE TRIGGER deposit_decided_once BEFORE UPDATE ON deposit_request
WHEN OLD.state <> 'open' AND NOT (OLD.state = 'approved' AND NEW.state = 'reversed')
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_ALREADY_DECIDED'); END;
CREATE TRIGGER deposit_not_reversed_before BEFORE UPDATE ON deposit_request
WHEN OLD.state = 'open' AND NEW.state = 'reversed'
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_NOT_APPROVED'); END;
-- What comes late is looked at as unmatched, or the request is reopened first.
CREATE TRIGGER deposit_not_expired BEFORE UPDATE OF state ON deposit_request
WHEN NEW.state = 'approved' AND OLD.claimed_at IS NULL AND OLD.expires_at <= NEW.decided_at
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_EXPIRED'); END;
-- Reopened or claimed: only while the total still means this request.
CREATE TRIGGER deposit_total_gone BEFORE UPDATE OF expires_at, claimed_at ON deposit_request
WHEN NEW.state = 'open' AND NOT EXISTS (SELECT 1 FROM deposit_total WHERE deposit_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'DEPOSIT_TOTAL_GONE'); END;
CREATE TRIGGER deposit_keeps_total AFTER UPDATE OF expires_at, claimed_at, state ON deposit_request
BEGIN
  UPDATE deposit_total SET free_after = CASE
      WHEN NEW.state <> 'open' THEN NEW.decided_at + 604800000
      -- A member who says to have paid keeps the total until an admin has looked.
      WHEN NEW.claimed_at IS NOT NULL THEN 9007199254740991
      ELSE NEW.expires_at + 604800000 END
    WHERE deposit_id = NEW.id;
END;

-- The picture of the bank's receipt: private to the member and to admins.
CREATE TABLE deposit_receipt (
  deposit_id TEXT PRIMARY KEY REFERENCES deposit_request (id),
  type TEXT NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'image/webp')),
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Money that arrived at the bank and is proven by one line of it: credited once.
CREATE TABLE bank_line (
  id TEXT PRIMARY KEY,
  receiving_account_id TEXT NOT NULL REFERENCES receiving_account (id),
  -- The bank's transaction id, or the fingerprint of a statement's line.
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- YYYY-MM-DD as the bank says it.
  booked_on TEXT,
  description TEXT NOT NULL,
  -- known: of a deposit that was approved by hand before the statement came.
  state TEXT NOT NULL CHECK (state IN ('unmatched', 'credited', 'assigned', 'returned', 'dismissed', 'known')),
  deposit_id TEXT REFERENCES deposit_request (id),
  member_id TEXT REFERENCES member (id),
  decided_by TEXT REFERENCES admin (id),
  decided_at INTEGER,
  reason TEXT,
  created_by TEXT NOT NULL REFERENCES admin (id),
  created_at INTEGER NOT NULL,
  UNIQUE (receiving_account_id, reference)
) STRICT;
CREATE INDEX bank_line_unmatched ON bank_line (id) WHERE state = 'unmatched';
CREATE UNIQUE INDEX bank_line_credits ON bank_line (deposit_id) WHERE state = 'credited';
CREATE UNIQUE INDEX bank_line_known ON bank_line (deposit_id) WHERE state = 'known';
CREATE TRIGGER bank_line_terms_stay
BEFORE UPDATE OF id, receiving_account_id, reference, amount ON bank_line
BEGIN SELECT RAISE(ABORT, 'BANK_LINE_FIXED'); END;
-- Back to unmatched only what a reversed deposit was credited by.
CREATE TRIGGER bank_line_decided_once BEFORE UPDATE OF state ON bank_line
WHEN OLD.state <> 'unmatched' AND NOT (OLD.state = 'credited' AND NEW.state = 'unmatched'
  AND (SELECT state FROM deposit_request WHERE id = OLD.deposit_id) = 'reversed')
BEGIN SELECT RAISE(ABORT, 'BANK_LINE_ALREADY_DECIDED'); END;
CREATE TRIGGER bank_line_is_the_total BEFORE UPDATE OF state, deposit_id ON bank_line
WHEN NEW.state IN ('credited', 'known') AND NEW.amount IS NOT
  (SELECT total FROM deposit_request WHERE id = NEW.deposit_id AND receiving_account_id = NEW.receiving_account_id)
BEGIN SELECT RAISE(ABORT, 'BANK_LINE_OTHER_TOTAL'); END;
CREATE TRIGGER bank_line_new_is_the_total BEFORE INSERT ON bank_line
WHEN NEW.state IN ('credited', 'known') AND NEW.amount IS NOT
  (SELECT total FROM deposit_request WHERE id = NEW.deposit_id AND receiving_account_id = NEW.receiving_account_id)
BEGIN SELECT RAISE(ABORT, 'BANK_LINE_OTHER_TOTAL'); END;
`
