/** Mail that waits to be sent, what members wish to be told by it, and links for a password or an address. */
export const sql = /* sql */ `
CREATE TABLE member_mail (
  member_id TEXT PRIMARY KEY REFERENCES member (id),
  language TEXT NOT NULL CHECK (language IN ('id', 'en')),
  on_decision INTEGER NOT NULL CHECK (on_decision IN (0, 1)),
  on_donation INTEGER NOT NULL CHECK (on_donation IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Gone once sent, refused, or too old to be of use.
CREATE TABLE mail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('password_reset', 'email_change', 'email_changing', 'new_device', 'decision',
    'donations')),
  member_id TEXT NOT NULL REFERENCES member (id),
  language TEXT NOT NULL CHECK (language IN ('id', 'en')),
  -- What nobody who reads the table may use or see: a link, an address, a device.
  sealed TEXT,
  -- Of a decision: what it is about.
  notification_id TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  -- Until then one edge is at it.
  lease_until INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_due ON mail (next_at);
CREATE INDEX mail_member ON mail (member_id, kind);
-- Where nothing can be sent for long, the rest is not sent later either.
CREATE TRIGGER mail_is_bounded BEFORE INSERT ON mail
WHEN (SELECT COUNT(*) FROM mail WHERE member_id = NEW.member_id) >= 20
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER notification_goes_by_mail AFTER INSERT ON notification
WHEN NEW.kind IN ('right_decided', 'deposit_decided', 'withdrawal_decided')
  AND EXISTS (SELECT 1 FROM member_mail WHERE member_id = NEW.member_id AND on_decision = 1)
BEGIN
  INSERT INTO mail (id, kind, member_id, language, notification_id, next_at, expires_at, created_at)
  SELECT lower(hex(randomblob(16))), 'decision', NEW.member_id, language, NEW.id, NEW.created_at,
    NEW.created_at + 86400000, NEW.created_at
  FROM member_mail WHERE member_id = NEW.member_id;
END;
-- One for all that come within ten minutes.
CREATE TRIGGER donations_go_by_mail AFTER INSERT ON notification
WHEN NEW.kind = 'donation_received'
  AND EXISTS (SELECT 1 FROM member_mail WHERE member_id = NEW.member_id AND on_donation = 1)
  AND NOT EXISTS (SELECT 1 FROM mail WHERE member_id = NEW.member_id AND kind = 'donations')
BEGIN
  INSERT INTO mail (id, kind, member_id, language, next_at, expires_at, created_at)
  SELECT lower(hex(randomblob(16))), 'donations', NEW.member_id, language, NEW.created_at + 600000,
    NEW.created_at + 86400000, NEW.created_at
  FROM member_mail WHERE member_id = NEW.member_id;
END;

-- Links by mail are made by nobody, and somebody who asks for one takes no other away.
CREATE TABLE password_reset_next (
  code_hash TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  created_by TEXT REFERENCES admin (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO password_reset_next SELECT code_hash, member_id, created_by, created_at, expires_at FROM password_reset;
DROP TABLE password_reset;
ALTER TABLE password_reset_next RENAME TO password_reset;
CREATE INDEX password_reset_member ON password_reset (member_id, created_at);

CREATE TABLE email_change (
  member_id TEXT PRIMARY KEY REFERENCES member (id),
  code_hash TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
