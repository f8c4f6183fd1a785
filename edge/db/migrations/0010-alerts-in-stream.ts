/** Shown alerts are written into the broadcast's playlists, unless the channel does not want it. */
export const sql = /* sql */ `
ALTER TABLE channel ADD COLUMN alerts_in_stream INTEGER NOT NULL DEFAULT 1 CHECK (alerts_in_stream IN (0, 1));
`
