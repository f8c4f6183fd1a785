/** Pictures of links to channels; and a picture of a channel that was replaced is gone, whoever replaced it. */
export const sql = /* sql */ `
-- What chats show for a link to the channel. The studio draws it from title and banner: without them it is none.
ALTER TABLE channel ADD COLUMN link_picture_id TEXT REFERENCES asset (id);

CREATE TRIGGER link_picture_is_old AFTER UPDATE OF title, banner_asset_id ON channel
WHEN NEW.link_picture_id IS NOT NULL
  AND (NEW.title IS NOT OLD.title OR NEW.banner_asset_id IS NOT OLD.banner_asset_id)
BEGIN
  UPDATE channel SET link_picture_id = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER link_picture_is_left AFTER UPDATE OF link_picture_id ON channel
WHEN OLD.link_picture_id IS NOT NULL AND NEW.link_picture_id IS NOT OLD.link_picture_id
BEGIN
  DELETE FROM asset WHERE id = OLD.link_picture_id;
END;

CREATE TRIGGER banner_is_left AFTER UPDATE OF banner_asset_id ON channel
WHEN OLD.banner_asset_id IS NOT NULL AND NEW.banner_asset_id IS NOT OLD.banner_asset_id
BEGIN
  DELETE FROM asset WHERE id = OLD.banner_asset_id;
END;
`
