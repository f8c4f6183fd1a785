/** Chapters of videos. */
export const sql = /* sql */ `
CREATE TABLE video_chapter (
  video_id TEXT NOT NULL REFERENCES video (id),
  -- ms from the start of the whole.
  start_ms INTEGER NOT NULL CHECK (start_ms >= 0),
  label TEXT NOT NULL CHECK (label <> ''),
  PRIMARY KEY (video_id, start_ms)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER video_deleted_has_no_chapters AFTER UPDATE OF state ON video WHEN NEW.state = 'deleted'
BEGIN DELETE FROM video_chapter WHERE video_id = NEW.id; END;
`
