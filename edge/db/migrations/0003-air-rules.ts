/** Rules of the air: short keys, limits of channels, restream targets. */
export const sql = /* sql */ `
-- SHA-256 of a short key; NULL for a JWT, which is never stored in any form.
ALTER TABLE stream_key ADD COLUMN secret_hash TEXT;
CREATE UNIQUE INDEX stream_key_secret ON stream_key (secret_hash) WHERE secret_hash IS NOT NULL;

-- A channel's own limits, all three instead of the installation's; NULL in a column is no limit.
CREATE TABLE channel_limit (
  channel_id TEXT PRIMARY KEY REFERENCES channel (id),
  max_bitrate_bps INTEGER CHECK (max_bitrate_bps > 0),
  max_resolution INTEGER CHECK (max_resolution > 0),
  max_duration_seconds INTEGER CHECK (max_duration_seconds > 0)
) STRICT, WITHOUT ROWID;

-- The origin must send the key, so it is encrypted and not hashed.
CREATE TABLE restream_target (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  sealed_key TEXT NOT NULL,
  key_end TEXT NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX restream_target_channel ON restream_target (channel_id, id);

-- Tells origins that what they know of a channel's targets is old.
ALTER TABLE channel ADD COLUMN restream_revision INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER restream_target_added AFTER INSERT ON restream_target
BEGIN UPDATE channel SET restream_revision = restream_revision + 1 WHERE id = NEW.channel_id; END;
CREATE TRIGGER restream_target_changed AFTER UPDATE ON restream_target
BEGIN UPDATE channel SET restream_revision = restream_revision + 1 WHERE id = NEW.channel_id; END;
CREATE TRIGGER restream_target_removed AFTER DELETE ON restream_target
BEGIN UPDATE channel SET restream_revision = restream_revision + 1 WHERE id = OLD.channel_id; END;
`
