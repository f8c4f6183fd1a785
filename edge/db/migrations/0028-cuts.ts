/** Videos cut shorter: only what is listed changes, so that it can be undone; and those that viewers may keep. */
export const sql = /* sql */ `
-- Places of segments, the second without; and what that is in time. All or none.
ALTER TABLE video ADD COLUMN cut_from INTEGER CHECK (cut_from >= 0);
ALTER TABLE video ADD COLUMN cut_to INTEGER CHECK (cut_to > cut_from);
ALTER TABLE video ADD COLUMN cut_start_ms INTEGER;
ALTER TABLE video ADD COLUMN cut_duration_ms INTEGER;
ALTER TABLE video ADD COLUMN is_downloadable INTEGER NOT NULL DEFAULT 0 CHECK (is_downloadable IN (0, 1));
`
