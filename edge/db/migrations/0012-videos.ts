/** Recordings of broadcasts as videos: what is known of them here; their bytes are at their origin. */
export const sql = /* sql */ `
ALTER TABLE channel ADD COLUMN recording_mode TEXT NOT NULL DEFAULT 'publish'
  CHECK (recording_mode IN ('publish', 'draft', 'off'));

-- A recording has the id of its broadcast, which may not be known here yet.
CREATE TABLE video (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  origin_id TEXT NOT NULL,
  -- A deleted one keeps its row, so that nothing brings it back.
  state TEXT NOT NULL CHECK (state IN ('recording', 'ready', 'deleted')),
  is_published INTEGER NOT NULL CHECK (is_published IN (0, 1)),
  visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'unlisted', 'members')),
  title TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '',
  topic TEXT NOT NULL DEFAULT '',
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL DEFAULT 0 CHECK (duration_ms >= 0),
  size_bytes INTEGER NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
  width INTEGER,
  height INTEGER,
  has_still INTEGER NOT NULL DEFAULT 0 CHECK (has_still IN (0, 1)),
  views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
  deleted_at INTEGER,
  -- The origin has said that no byte of it is left.
  is_removed INTEGER NOT NULL DEFAULT 0 CHECK (is_removed IN (0, 1)),
  CONSTRAINT deleted_has_a_time CHECK ((state = 'deleted') = (deleted_at IS NOT NULL))
) STRICT;
CREATE INDEX video_channel ON video (channel_id, id) WHERE state <> 'deleted';
CREATE INDEX video_listed ON video (id)
  WHERE state = 'ready' AND is_published = 1 AND visibility = 'public';
CREATE INDEX video_to_remove ON video (origin_id, id) WHERE state = 'deleted' AND is_removed = 0;
CREATE TRIGGER video_deleted_for_good BEFORE UPDATE OF state ON video
WHEN OLD.state = 'deleted' AND NEW.state <> 'deleted'
BEGIN SELECT RAISE(ABORT, 'VIDEO_DELETED'); END;
`
