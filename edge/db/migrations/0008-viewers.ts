/** Who may watch a channel, how many at once, and how many do. */
export const sql = /* sql */ `
ALTER TABLE channel ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public'
  CHECK (visibility IN ('public', 'unlisted', 'members'));
ALTER TABLE channel_limit ADD COLUMN max_viewers INTEGER CHECK (max_viewers > 0);
ALTER TABLE broadcast ADD COLUMN peak_viewers INTEGER NOT NULL DEFAULT 0;

-- One row for each edge and channel, written once an interval while somebody watches there. An old row is nobody.
CREATE TABLE audience (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  edge_id TEXT NOT NULL,
  viewers INTEGER NOT NULL CHECK (viewers >= 0),
  counted_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, edge_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_counted ON audience (counted_at);
`
