/** Cases about transactions, and kinds of notifications as rows, so that the next one needs no new table. */
export const sql = /* sql */ `
CREATE TABLE notification_kind (kind TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO notification_kind (kind) VALUES ('donation_received'), ('right_decided'), ('balance_credited'),
  ('broadcast_ended'), ('deposit_decided'), ('withdrawal_decided'), ('donation_refunded'), ('waiting_donation'),
  ('case_changed');
CREATE TABLE notification_next (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL REFERENCES notification_kind (kind),
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
INSERT INTO notification_next SELECT id, member_id, kind, payload, created_at, read_at FROM notification;
DROP TABLE notification;
ALTER TABLE notification_next RENAME TO notification;
CREATE INDEX notification_member ON notification (member_id, id);
CREATE INDEX notification_unread ON notification (member_id) WHERE read_at IS NULL;

CREATE TABLE support_case (
  id TEXT PRIMARY KEY,
  -- The row that stands for all guests, when it is about a payment of one.
  member_id TEXT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation', 'deposit', 'withdrawal', 'transfer', 'guest_payment')),
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'closed')),
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX support_case_member ON support_case (member_id, id);
CREATE INDEX support_case_state ON support_case (state, id);
-- One at a time about each transaction.
CREATE UNIQUE INDEX support_case_going_on ON support_case (reference, member_id, kind) WHERE state <> 'closed';
CREATE TRIGGER support_case_not_too_many BEFORE INSERT ON support_case
WHEN NEW.kind <> 'guest_payment' AND (SELECT COUNT(*) FROM support_case
  WHERE member_id = NEW.member_id AND state <> 'closed') >= 10
BEGIN SELECT RAISE(ABORT, 'TOO_MANY_CASES'); END;
CREATE TRIGGER support_case_stays BEFORE UPDATE OF id, member_id, kind, reference, amount, opened_at ON support_case
BEGIN SELECT RAISE(ABORT, 'CASE_FIXED'); END;
CREATE TRIGGER support_case_stays_closed BEFORE UPDATE OF state ON support_case WHEN OLD.state = 'closed'
BEGIN SELECT RAISE(ABORT, 'CASE_CLOSED'); END;

CREATE TABLE case_message (
  -- Their order: ids of one millisecond have none.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  case_id TEXT NOT NULL REFERENCES support_case (id),
  -- NULL: by the member or the guest.
  admin_id TEXT REFERENCES admin (id),
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_message_case ON case_message (case_id, seq);
CREATE TRIGGER case_message_in_time BEFORE INSERT ON case_message
WHEN (SELECT state FROM support_case WHERE id = NEW.case_id) = 'closed'
BEGIN SELECT RAISE(ABORT, 'CASE_CLOSED'); END;
CREATE TRIGGER case_message_not_too_many BEFORE INSERT ON case_message
WHEN (SELECT COUNT(*) FROM case_message WHERE case_id = NEW.case_id) >= 100
BEGIN SELECT RAISE(ABORT, 'CASE_FULL'); END;
CREATE TRIGGER case_message_turns AFTER INSERT ON case_message
BEGIN
  UPDATE support_case SET changed_at = NEW.created_at,
    state = CASE WHEN NEW.admin_id IS NULL THEN 'open' ELSE 'answered' END WHERE id = NEW.case_id;
END;
CREATE TRIGGER case_message_no_update BEFORE UPDATE ON case_message BEGIN SELECT RAISE(ABORT, 'CASE_FIXED'); END;
CREATE TRIGGER case_message_no_delete BEFORE DELETE ON case_message BEGIN SELECT RAISE(ABORT, 'CASE_FIXED'); END;
`
