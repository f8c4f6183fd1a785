/** Pictures of members. */
export const sql = /* sql */ `
ALTER TABLE member ADD COLUMN avatar_asset_id TEXT REFERENCES asset (id);
-- What nothing refers to any more is gone, whoever replaced it.
CREATE TRIGGER avatar_is_left AFTER UPDATE OF avatar_asset_id ON member
WHEN OLD.avatar_asset_id IS NOT NULL AND NEW.avatar_asset_id IS NOT OLD.avatar_asset_id
BEGIN DELETE FROM asset WHERE id = OLD.avatar_asset_id; END;
`
