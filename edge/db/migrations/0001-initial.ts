/** The first schema. Times are Unix ms, amounts whole Rupiah, ids ULIDs. */
export const sql = /* sql */ `
CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE asset (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- People ---------------------------------------------------------------------------------------

CREATE TABLE member (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  username TEXT NOT NULL COLLATE NOCASE UNIQUE,
  password_hash TEXT NOT NULL,
  registered_at INTEGER NOT NULL
) STRICT;

CREATE TABLE admin (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL COLLATE NOCASE UNIQUE,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  audience TEXT NOT NULL CHECK (audience IN ('member', 'admin')),
  member_id TEXT REFERENCES member (id),
  admin_id TEXT REFERENCES admin (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  user_agent TEXT NOT NULL,
  CONSTRAINT session_subject CHECK (
    (audience = 'member' AND member_id IS NOT NULL AND admin_id IS NULL) OR
    (audience = 'admin' AND admin_id IS NOT NULL AND member_id IS NULL)
  )
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX session_member ON session (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX session_admin ON session (admin_id) WHERE admin_id IS NOT NULL;

CREATE TABLE invite (
  code_hash TEXT PRIMARY KEY,
  created_by TEXT NOT NULL REFERENCES admin (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_by TEXT REFERENCES member (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_right (
  member_id TEXT NOT NULL REFERENCES member (id),
  right TEXT NOT NULL CHECK (right IN ('on_air', 'donations')),
  granted_by TEXT NOT NULL REFERENCES admin (id),
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (member_id, right)
) STRICT, WITHOUT ROWID;

CREATE TABLE right_request (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  right TEXT NOT NULL CHECK (right IN ('on_air', 'donations')),
  reason TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'granted', 'refused')),
  note TEXT,
  created_at INTEGER NOT NULL,
  decided_by TEXT REFERENCES admin (id),
  decided_at INTEGER,
  CONSTRAINT decided_by_somebody CHECK ((state = 'open') = (decided_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX right_request_open ON right_request (member_id, right) WHERE state = 'open';
CREATE INDEX right_request_state ON right_request (state, id);
CREATE TRIGGER right_request_decided_once BEFORE UPDATE ON right_request
WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'REQUEST_ALREADY_DECIDED'); END;

CREATE TABLE notification (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation_received', 'right_decided', 'balance_credited')),
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
CREATE INDEX notification_member ON notification (member_id, id);
CREATE INDEX notification_unread ON notification (member_id) WHERE read_at IS NULL;

-- The log. Append only; the text is made by the pages from action and details.
CREATE TABLE activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  member_id TEXT REFERENCES member (id),
  admin_id TEXT REFERENCES admin (id),
  details TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX activity_member ON activity (member_id, id);
CREATE TRIGGER activity_no_update BEFORE UPDATE ON activity
BEGIN SELECT RAISE(ABORT, 'ACTIVITY_APPEND_ONLY'); END;
CREATE TRIGGER activity_no_delete BEFORE DELETE ON activity
BEGIN SELECT RAISE(ABORT, 'ACTIVITY_APPEND_ONLY'); END;

-- Channels, keys, broadcasts ----------------------------------------------------------------------

CREATE TABLE channel (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  owner_id TEXT NOT NULL UNIQUE REFERENCES member (id),
  title TEXT NOT NULL,
  memo TEXT NOT NULL DEFAULT '',
  banner_asset_id TEXT REFERENCES asset (id),
  latency_mode TEXT NOT NULL DEFAULT 'low' CHECK (latency_mode IN ('ultra', 'low', 'normal')),
  donations_enabled INTEGER NOT NULL DEFAULT 1 CHECK (donations_enabled IN (0, 1)),
  minimum_alert_rupiah INTEGER NOT NULL DEFAULT 10000 CHECK (minimum_alert_rupiah >= 0),
  quick_amounts TEXT NOT NULL DEFAULT '[10000,25000,50000,100000]',
  alert_template TEXT NOT NULL DEFAULT '{nama} berdonasi {jumlah}',
  alert_duration_ms INTEGER NOT NULL DEFAULT 8000 CHECK (alert_duration_ms BETWEEN 1000 AND 60000),
  is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

-- Addresses a channel had before; they redirect and stay taken.
CREATE TABLE old_slug (
  slug TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  retired_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER channel_slug_was_used BEFORE INSERT ON channel
WHEN EXISTS (SELECT 1 FROM old_slug WHERE slug = NEW.slug)
BEGIN SELECT RAISE(ABORT, 'SLUG_TAKEN'); END;
CREATE TRIGGER channel_slug_retires AFTER UPDATE OF slug ON channel WHEN OLD.slug <> NEW.slug
BEGIN
  SELECT RAISE(ABORT, 'SLUG_TAKEN')
  WHERE EXISTS (SELECT 1 FROM old_slug WHERE slug = NEW.slug AND channel_id <> NEW.id);
  DELETE FROM old_slug WHERE slug = NEW.slug;
  INSERT INTO old_slug (slug, channel_id, retired_at) VALUES (OLD.slug, OLD.id, unixepoch() * 1000);
END;

CREATE TABLE channel_operator (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  member_id TEXT NOT NULL REFERENCES member (id),
  added_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_operator_member ON channel_operator (member_id);

-- The key itself is never stored: Ed25519 is deterministic, so it is signed again to be revealed.
CREATE TABLE stream_key (
  jti TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  member_id TEXT NOT NULL REFERENCES member (id),
  name TEXT NOT NULL,
  kid TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX stream_key_channel ON stream_key (channel_id, jti);
CREATE INDEX stream_key_revoked ON stream_key (expires_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE broadcast (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  jti TEXT NOT NULL REFERENCES stream_key (jti),
  origin_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'interrupted', 'ended')),
  -- Renewed by the origin; over it the broadcast counts as interrupted, and ended after the grace time.
  lease_until INTEGER NOT NULL,
  health TEXT,
  -- An admin's or the system's wish, carried out by the origin at its next poll.
  end_requested TEXT,
  ended_at INTEGER,
  end_reason TEXT,
  CONSTRAINT ended_has_a_time CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX broadcast_on_air ON broadcast (channel_id) WHERE state <> 'ended';
CREATE INDEX broadcast_channel ON broadcast (channel_id, id);

-- Money -------------------------------------------------------------------------------------------

CREATE TABLE account (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('available', 'held', 'bank', 'gateway', 'fee', 'suspense', 'correction')),
  member_id TEXT REFERENCES member (id),
  balance INTEGER NOT NULL DEFAULT 0,
  -- Members' accounts stop at zero; what stands for the outside world may go below.
  may_go_negative INTEGER NOT NULL DEFAULT 0 CHECK (may_go_negative IN (0, 1)),
  CONSTRAINT no_overdraft CHECK (may_go_negative = 1 OR balance >= 0)
) STRICT;
CREATE UNIQUE INDEX account_member ON account (member_id, kind) WHERE member_id IS NOT NULL;
INSERT INTO account (id, kind, may_go_negative) VALUES ('correction', 'correction', 1);
CREATE TRIGGER account_of_member AFTER INSERT ON member
BEGIN
  INSERT INTO account (id, kind, member_id) VALUES ('member:' || NEW.id || ':available', 'available', NEW.id);
END;

CREATE TRIGGER account_opens_empty BEFORE INSERT ON account WHEN NEW.balance <> 0
BEGIN SELECT RAISE(ABORT, 'BALANCE_WITHOUT_ENTRY'); END;

CREATE TABLE transfer (
  -- Deferred: a transfer that was never posted would keep its idempotency key for nothing.
  id TEXT PRIMARY KEY REFERENCES posting (transfer_id) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL CHECK (kind IN ('donation', 'credit')),
  -- Who chose the key: a member's or an admin's id.
  idempotency_owner TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (idempotency_owner, idempotency_key)
) STRICT;

-- Written last: makes the transfer final.
CREATE TABLE posting (
  transfer_id TEXT PRIMARY KEY REFERENCES transfer (id),
  posted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Deferred: at commit every entry has its posting, or nothing of the batch happened.
  transfer_id TEXT NOT NULL REFERENCES posting (transfer_id) DEFERRABLE INITIALLY DEFERRED,
  account_id TEXT NOT NULL REFERENCES account (id),
  amount INTEGER NOT NULL CHECK (amount <> 0),
  balance_after INTEGER NOT NULL
) STRICT;
CREATE INDEX entry_transfer ON entry (transfer_id);
CREATE INDEX entry_account ON entry (account_id, seq);

CREATE TRIGGER entry_before_posting BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM posting WHERE transfer_id = NEW.transfer_id)
BEGIN SELECT RAISE(ABORT, 'TRANSFER_ALREADY_POSTED'); END;
CREATE TRIGGER entry_states_its_balance BEFORE INSERT ON entry
WHEN NEW.balance_after <> (SELECT balance FROM account WHERE id = NEW.account_id) + NEW.amount
BEGIN SELECT RAISE(ABORT, 'ENTRY_BALANCE_WRONG'); END;
CREATE TRIGGER entry_moves_money AFTER INSERT ON entry
BEGIN UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.account_id; END;
CREATE TRIGGER account_moves_by_entries BEFORE UPDATE OF balance ON account
WHEN NEW.balance IS NOT (SELECT balance_after FROM entry WHERE account_id = NEW.id ORDER BY seq DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'BALANCE_WITHOUT_ENTRY'); END;
CREATE TRIGGER posting_balances BEFORE INSERT ON posting
WHEN (SELECT COALESCE(SUM(amount), 1) FROM entry WHERE transfer_id = NEW.transfer_id) <> 0
BEGIN SELECT RAISE(ABORT, 'TRANSFER_UNBALANCED'); END;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER transfer_no_update BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER transfer_no_delete BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;

CREATE TABLE donation (
  id TEXT PRIMARY KEY,
  transfer_id TEXT NOT NULL UNIQUE REFERENCES transfer (id),
  from_member_id TEXT NOT NULL REFERENCES member (id),
  channel_id TEXT NOT NULL REFERENCES channel (id),
  to_member_id TEXT NOT NULL REFERENCES member (id),
  -- NULL when anonymous; the donor is still known to admins by from_member_id.
  sender_name TEXT,
  is_anonymous INTEGER NOT NULL CHECK (is_anonymous IN (0, 1)),
  amount INTEGER NOT NULL CHECK (amount > 0),
  message TEXT,
  is_alert INTEGER NOT NULL CHECK (is_alert IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX donation_channel ON donation (channel_id, id);
CREATE INDEX donation_from ON donation (from_member_id, id);
CREATE TRIGGER donation_to_self BEFORE INSERT ON donation WHEN NEW.from_member_id = NEW.to_member_id
BEGIN SELECT RAISE(ABORT, 'DONATION_TO_SELF'); END;
CREATE TRIGGER donation_is_open BEFORE INSERT ON donation
WHEN NOT EXISTS (
  SELECT 1 FROM channel JOIN member_right ON member_right.member_id = channel.owner_id AND member_right.right = 'donations'
  WHERE channel.id = NEW.channel_id AND channel.owner_id = NEW.to_member_id AND channel.donations_enabled = 1
    AND COALESCE((SELECT value FROM setting WHERE name = 'donationsEnabled'), 'true') = 'true'
)
BEGIN SELECT RAISE(ABORT, 'DONATIONS_CLOSED'); END;

-- Alerts ------------------------------------------------------------------------------------------

CREATE TABLE alert (
  -- The order of the queue: ids of one millisecond have none.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation', 'test')),
  donation_id TEXT UNIQUE REFERENCES donation (id),
  sender_name TEXT,
  message TEXT,
  template TEXT NOT NULL,
  amount INTEGER NOT NULL,
  image_url TEXT,
  sound_url TEXT,
  duration_ms INTEGER NOT NULL,
  is_displayed INTEGER NOT NULL DEFAULT 0 CHECK (is_displayed IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_channel ON alert (channel_id, id);

-- One row for each alert and slot. The server owns this queue.
CREATE TABLE alert_play (
  alert_id TEXT NOT NULL REFERENCES alert (id),
  slot TEXT NOT NULL,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'claimed', 'started', 'done', 'perhaps_shown', 'skipped')),
  instance_id TEXT,
  lease_until INTEGER,
  times_claimed INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  done_at INTEGER,
  PRIMARY KEY (alert_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_play_waiting ON alert_play (channel_id, slot, alert_id) WHERE state IN ('queued', 'claimed', 'started');

CREATE TABLE overlay (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  slot TEXT NOT NULL DEFAULT 'main',
  key_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  replaced_at INTEGER
) STRICT;
CREATE UNIQUE INDEX overlay_current ON overlay (channel_id, slot) WHERE replaced_at IS NULL;

CREATE TABLE overlay_session (
  token_hash TEXT PRIMARY KEY,
  overlay_id TEXT NOT NULL REFERENCES overlay (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX overlay_session_expiry ON overlay_session (expires_at);

-- Overlay pages that ask for a slot. The holder is the best of those whose lease runs:
-- an active page before a hidden one, then the newest.
CREATE TABLE slot_lease (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  slot TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
  -- Kept by renewals.
  acquired_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  PRIMARY KEY (channel_id, slot, instance_id)
) STRICT, WITHOUT ROWID;

-- Events in commit order: libSQL has one writer, so seq order is commit order.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  audience TEXT NOT NULL CHECK (audience IN ('overlay', 'studio', 'both')),
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_channel ON outbox (channel_id, seq);

-- What becomes of an alert is told in the transaction that decides it. A claim tells nobody anything.
CREATE TRIGGER alert_play_tells AFTER UPDATE OF state ON alert_play
WHEN NEW.state <> OLD.state AND NEW.state <> 'claimed'
BEGIN
  INSERT INTO outbox (channel_id, audience, type, payload, created_at) VALUES (
    NEW.channel_id, 'both', 'alert_state',
    json_object('type', 'alert_state', 'alertId', NEW.alert_id, 'slot', NEW.slot, 'state', NEW.state),
    unixepoch() * 1000
  );
  UPDATE alert SET is_displayed = 1 WHERE id = NEW.alert_id AND NEW.state = 'done' AND NEW.slot = 'main';
END;
`
