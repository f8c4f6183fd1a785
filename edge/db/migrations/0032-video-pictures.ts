/** Pictures of videos that their people have chosen. */
export const sql = /* sql */ `
ALTER TABLE video ADD COLUMN picture_asset_id TEXT REFERENCES asset (id);
-- What nothing refers to any more is gone, whoever changed or deleted the video.
CREATE TRIGGER video_picture_is_left AFTER UPDATE OF picture_asset_id ON video
WHEN OLD.picture_asset_id IS NOT NULL AND OLD.picture_asset_id IS NOT NEW.picture_asset_id
BEGIN DELETE FROM asset WHERE id = OLD.picture_asset_id; END;
CREATE TRIGGER video_deleted_has_no_picture AFTER UPDATE OF state ON video
WHEN NEW.state = 'deleted' AND NEW.picture_asset_id IS NOT NULL
BEGIN UPDATE video SET picture_asset_id = NULL WHERE id = NEW.id; END;
`
