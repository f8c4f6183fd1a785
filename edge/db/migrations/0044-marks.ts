/** Moments of a broadcast that its people marked; they become chapters of its recording. */
export const sql = /* sql */ `
CREATE TABLE broadcast_mark (
  id INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  broadcast_id TEXT NOT NULL REFERENCES broadcast (id),
  -- Unix ms.
  marked_at INTEGER NOT NULL,
  label TEXT NOT NULL CHECK (label <> '')
) STRICT;
CREATE INDEX broadcast_mark_broadcast ON broadcast_mark (broadcast_id);
CREATE INDEX broadcast_mark_channel ON broadcast_mark (channel_id, marked_at);
CREATE TRIGGER video_deleted_has_no_marks AFTER UPDATE OF state ON video WHEN NEW.state = 'deleted'
BEGIN DELETE FROM broadcast_mark WHERE broadcast_id = NEW.id; END;
`
