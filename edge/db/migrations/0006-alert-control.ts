/** The alert queue in the streamer's hands, and how alerts look and sound. */
export const sql = /* sql */ `
-- Settings of the channel that an alert takes along when it is made. NULL: the product's own picture, sound.
ALTER TABLE channel ADD COLUMN alert_image_url TEXT;
ALTER TABLE channel ADD COLUMN alert_sound_url TEXT;
-- JSON of AlertLook (contracts/alert-settings); what is missing has its default.
ALTER TABLE channel ADD COLUMN alert_look TEXT NOT NULL DEFAULT '{}';
ALTER TABLE channel ADD COLUMN alert_late_ms INTEGER NOT NULL DEFAULT 1800000 CHECK (alert_late_ms > 0);
ALTER TABLE channel ADD COLUMN is_muted INTEGER NOT NULL DEFAULT 0 CHECK (is_muted IN (0, 1));

-- From this amount on, up to the next variation.
CREATE TABLE alert_variation (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  from_rupiah INTEGER NOT NULL CHECK (from_rupiah > 0),
  template TEXT NOT NULL,
  image_url TEXT,
  sound_url TEXT,
  PRIMARY KEY (channel_id, from_rupiah)
) STRICT, WITHOUT ROWID;

-- Pictures and sounds that a channel may choose from.
CREATE TABLE alert_file (
  asset_id TEXT PRIMARY KEY REFERENCES asset (id),
  channel_id TEXT NOT NULL REFERENCES channel (id),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_file_channel ON alert_file (channel_id, asset_id);

-- A CHECK cannot be altered, so both tables are made anew; nothing else refers to them.
CREATE TABLE alert_next (
  -- The order of the queue: ids of one millisecond have none.
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  kind TEXT NOT NULL CHECK (kind IN ('donation', 'test', 'away')),
  donation_id TEXT UNIQUE REFERENCES donation (id),
  sender_name TEXT,
  message TEXT,
  template TEXT NOT NULL,
  amount INTEGER NOT NULL,
  image_url TEXT,
  sound_url TEXT,
  duration_ms INTEGER NOT NULL,
  look TEXT NOT NULL DEFAULT '{}',
  -- Donations that a 'while you were away' line stands for; NULL for an alert of its own.
  late_count INTEGER,
  is_displayed INTEGER NOT NULL DEFAULT 0 CHECK (is_displayed IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO alert_next (seq, id, channel_id, kind, donation_id, sender_name, message, template, amount,
    image_url, sound_url, duration_ms, is_displayed, created_at)
  SELECT seq, id, channel_id, kind, donation_id, sender_name, message, template, amount,
    image_url, sound_url, duration_ms, is_displayed, created_at FROM alert;

CREATE TABLE alert_play_next (
  alert_id TEXT NOT NULL REFERENCES alert_next (id),
  slot TEXT NOT NULL,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'held', 'claimed', 'started', 'done', 'perhaps_shown', 'skipped', 'late')),
  -- Since when it waits: of a replay the moment it was asked for.
  queued_at INTEGER NOT NULL,
  instance_id TEXT,
  lease_until INTEGER,
  times_claimed INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  done_at INTEGER,
  -- The 'while you were away' line that tells of it.
  told_by TEXT,
  PRIMARY KEY (alert_id, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO alert_play_next (alert_id, slot, channel_id, state, queued_at, instance_id, lease_until,
    times_claimed, started_at, done_at)
  SELECT alert_id, slot, alert_play.channel_id, state, alert.created_at, instance_id, lease_until,
    times_claimed, started_at, done_at
  FROM alert_play JOIN alert ON alert.id = alert_play.alert_id;

DROP TABLE alert_play;
DROP TABLE alert;
ALTER TABLE alert_next RENAME TO alert;
ALTER TABLE alert_play_next RENAME TO alert_play;
CREATE INDEX alert_channel ON alert (channel_id, seq);
CREATE INDEX alert_play_waiting ON alert_play (channel_id, slot, alert_id)
  WHERE state IN ('queued', 'held', 'claimed', 'started');
CREATE INDEX alert_play_told ON alert_play (told_by) WHERE told_by IS NOT NULL;

-- What becomes of an alert is told in the transaction that decides it. A claim tells nobody anything, and
-- of late alerts the one line tells that stands for all of them.
CREATE TRIGGER alert_play_tells AFTER UPDATE OF state ON alert_play
WHEN NEW.state <> OLD.state AND NEW.state NOT IN ('claimed', 'late')
BEGIN
  INSERT INTO outbox (channel_id, audience, type, payload, created_at) VALUES (
    NEW.channel_id, 'both', 'alert_state',
    json_object('type', 'alert_state', 'alertId', NEW.alert_id, 'slot', NEW.slot, 'state', NEW.state),
    unixepoch() * 1000
  );
  UPDATE alert SET is_displayed = 1 WHERE id = NEW.alert_id AND NEW.state = 'done' AND NEW.slot = 'main';
END;
`
