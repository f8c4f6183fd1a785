/** Files that members send to become videos; the bytes are at an origin, and the video has the id of its upload. */
export const sql = /* sql */ `
CREATE TABLE upload (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  origin_id TEXT NOT NULL,
  file_name TEXT NOT NULL,
  -- Of the video to be: the name without its ending.
  title TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
  modified_at INTEGER NOT NULL,
  -- 'done' and 'given_up' keep their rows: what the origin says later must not bring them back.
  state TEXT NOT NULL DEFAULT 'uploading'
    CHECK (state IN ('uploading', 'checking', 'repackaging', 'encoding', 'refused', 'done', 'given_up')),
  percent INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
  reason TEXT,
  created_at INTEGER NOT NULL,
  CONSTRAINT refused_has_a_reason CHECK ((state = 'refused') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX upload_open ON upload (channel_id, id) WHERE state NOT IN ('done', 'given_up');

-- A video of an upload is a draft with the name of its file, whatever the channel does with its broadcasts.
CREATE TRIGGER upload_is_a_video AFTER INSERT ON video WHEN EXISTS (SELECT 1 FROM upload WHERE id = NEW.id)
BEGIN
  UPDATE video SET is_published = 0,
    title = (SELECT title FROM upload WHERE id = NEW.id) WHERE id = NEW.id;
END;
CREATE TRIGGER upload_is_done AFTER UPDATE OF state ON video WHEN NEW.state = 'ready'
BEGIN
  UPDATE upload SET state = 'done', reason = NULL WHERE id = NEW.id;
END;
`
