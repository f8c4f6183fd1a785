/** Why a broadcast was ended by others, told to its people; links by which a member sets a new password. */
export const sql = /* sql */ `
-- What the admin who ended it wrote; shown to the streamer.
ALTER TABLE broadcast ADD COLUMN end_note TEXT;

-- A CHECK cannot be altered, so the table is made anew. Nothing refers to it.
CREATE TABLE notification_next (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation_received', 'right_decided', 'balance_credited', 'broadcast_ended')),
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
INSERT INTO notification_next SELECT id, member_id, kind, payload, created_at, read_at FROM notification;
DROP TABLE notification;
ALTER TABLE notification_next RENAME TO notification;
CREATE INDEX notification_member ON notification (member_id, id);
CREATE INDEX notification_unread ON notification (member_id) WHERE read_at IS NULL;

-- Gone once used, expired, or followed by a newer one.
CREATE TABLE password_reset (
  code_hash TEXT PRIMARY KEY,
  member_id TEXT NOT NULL UNIQUE REFERENCES member (id),
  created_by TEXT NOT NULL REFERENCES admin (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
