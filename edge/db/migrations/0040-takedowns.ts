/** Videos that an admin has taken down; until that is undone nobody can publish them. */
export const sql = /* sql */ `
ALTER TABLE video ADD COLUMN taken_down_at INTEGER
  CONSTRAINT taken_down_is_unpublished CHECK (taken_down_at IS NULL OR is_published = 0);
-- Its people read it.
ALTER TABLE video ADD COLUMN takedown_reason TEXT;
-- What it becomes again.
ALTER TABLE video ADD COLUMN was_published INTEGER NOT NULL DEFAULT 0 CHECK (was_published IN (0, 1));

INSERT INTO notification_kind (kind) VALUES ('video_takedown');
`
