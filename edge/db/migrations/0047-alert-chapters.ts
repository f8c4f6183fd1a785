/** Larger alerts that a recording shows are chapters of it, too; what they say is decided at every viewing. */
export const sql = /* sql */ `
-- NULL: none. What recordings of the channel begin with.
ALTER TABLE channel ADD COLUMN alert_chapters_from INTEGER DEFAULT 100000 CHECK (alert_chapters_from > 0);
ALTER TABLE video ADD COLUMN alert_chapters_from INTEGER CHECK (alert_chapters_from > 0);
-- [ms from the start of the whole, id of the alert] of each that was shown, as the origin recorded it.
ALTER TABLE video ADD COLUMN shown_alerts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(shown_alerts));
CREATE TRIGGER video_deleted_shows_no_alerts AFTER UPDATE OF state ON video WHEN NEW.state = 'deleted'
BEGIN UPDATE video SET shown_alerts = '[]' WHERE id = NEW.id; END;
`
