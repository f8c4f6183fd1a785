/** Uploaded files may lie in a store beside the database. */
export const sql = /* sql */ `
-- Where the bytes are: NULL in this row, else in that store, under the id.
ALTER TABLE asset ADD COLUMN place TEXT;
ALTER TABLE asset ADD COLUMN size_bytes INTEGER;
UPDATE asset SET size_bytes = LENGTH(body);

-- What a store holds and no row owns: not yet, or no more.
CREATE TABLE asset_leftover (
  id TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_leftover_since ON asset_leftover (place, since);

CREATE TRIGGER asset_is_owned AFTER INSERT ON asset WHEN NEW.place IS NOT NULL BEGIN
  DELETE FROM asset_leftover WHERE id = NEW.id;
END;

CREATE TRIGGER asset_is_left AFTER DELETE ON asset WHEN OLD.place IS NOT NULL BEGIN
  INSERT INTO asset_leftover (id, place, since)
  VALUES (OLD.id, OLD.place, CAST(unixepoch('subsec') * 1000 AS INTEGER));
END;
`
