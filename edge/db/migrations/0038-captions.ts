/** Captions of videos: cues with plain text, whatever file they came from. */
export const sql = /* sql */ `
CREATE TABLE video_caption (
  -- Part of addresses, so never used twice.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  video_id TEXT NOT NULL REFERENCES video (id),
  language TEXT NOT NULL,
  label TEXT NOT NULL,
  -- JSON: [ms from the start of the whole, ms of its end, text] of each cue.
  cues TEXT NOT NULL,
  CONSTRAINT one_label UNIQUE (video_id, label)
) STRICT;
CREATE TRIGGER video_deleted_has_no_captions AFTER UPDATE OF state ON video WHEN NEW.state = 'deleted'
BEGIN DELETE FROM video_caption WHERE video_id = NEW.id; END;
`
