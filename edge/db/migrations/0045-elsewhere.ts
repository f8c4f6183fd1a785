/** Where a streamer goes on air who does so elsewhere. */
export const sql = /* sql */ `
ALTER TABLE channel ADD COLUMN elsewhere_url TEXT CHECK (elsewhere_url LIKE 'https://%');
`
