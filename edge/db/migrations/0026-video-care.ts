/** Videos that are looked after: rules that delete them, what an origin has lost, and what is added to them by hand. */
export const sql = /* sql */ `
-- The origin has said that it has lost the bytes.
ALTER TABLE video ADD COLUMN is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1));
-- No rule deletes it.
ALTER TABLE video ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0 CHECK (is_kept IN (0, 1));
-- A rule deletes it then; its owner was told when this was set.
ALTER TABLE video ADD COLUMN delete_after INTEGER;
ALTER TABLE video ADD COLUMN has_previews INTEGER NOT NULL DEFAULT 0 CHECK (has_previews IN (0, 1));
-- A picture that was chosen, instead of the one that the origin drew.
ALTER TABLE video ADD COLUMN thumbnail_id TEXT REFERENCES asset (id);
-- JSON: [Unix ms, ms from the start of the video] of each piece without a gap.
ALTER TABLE video ADD COLUMN pieces TEXT NOT NULL DEFAULT '[]';

-- Without a row nothing is ever deleted.
CREATE TABLE video_rule (
  -- '': of the installation.
  channel_id TEXT PRIMARY KEY,
  keep_days INTEGER CHECK (keep_days > 0),
  keep_bytes INTEGER CHECK (keep_bytes > 0)
) STRICT;

CREATE TABLE video_caption (
  video_id TEXT NOT NULL REFERENCES video (id),
  -- BCP 47
  language TEXT NOT NULL,
  -- WebVTT, written anew from what was uploaded
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (video_id, language)
) STRICT;

-- By the clock, because a mark is set while the broadcast is on air, before there is a video.
CREATE TABLE video_chapter (
  video_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('mark', 'alert', 'own')),
  title TEXT NOT NULL,
  PRIMARY KEY (video_id, at)
) STRICT;

INSERT INTO notification_kind (kind) VALUES ('videos_expiring');
`
