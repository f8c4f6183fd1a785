/** Videos that are looked after: rules that delete them, and what an origin has lost. */
export const sql = /* sql */ `
-- The origin has said that it has lost the bytes.
ALTER TABLE video ADD COLUMN is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1));
-- No rule deletes it.
ALTER TABLE video ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0 CHECK (is_kept IN (0, 1));
-- A rule deletes it then; its owner was told when this was set.
ALTER TABLE video ADD COLUMN delete_after INTEGER;
ALTER TABLE video ADD COLUMN has_previews INTEGER NOT NULL DEFAULT 0 CHECK (has_previews IN (0, 1));
-- JSON: [Unix ms, ms from the start of the video] of each piece without a gap.
ALTER TABLE video ADD COLUMN pieces TEXT NOT NULL DEFAULT '[]';

-- Without a row nothing is ever deleted.
CREATE TABLE video_rule (
  -- '': of the installation.
  channel_id TEXT PRIMARY KEY,
  keep_days INTEGER CHECK (keep_days > 0),
  keep_bytes INTEGER CHECK (keep_bytes > 0)
) STRICT;

INSERT INTO notification_kind (kind) VALUES ('videos_expiring');
`
