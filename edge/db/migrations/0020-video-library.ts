/** Where the bytes of a finished video are, and whether its origin has lost them. */
export const sql = /* sql */ `
ALTER TABLE video ADD COLUMN storage TEXT NOT NULL DEFAULT 'disk'
  CHECK (storage IN ('disk', 'waiting', 'failing', 'stored'));
`
