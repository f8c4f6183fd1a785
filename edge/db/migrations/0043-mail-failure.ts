/** The last mail that could not be sent, for admins: when and why, never to whom. */
export const sql = /* sql */ `
CREATE TABLE mail_failure (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- A code or a name, never the server's words.
  reason TEXT NOT NULL,
  is_given_up INTEGER NOT NULL CHECK (is_given_up IN (0, 1)),
  failed_at INTEGER NOT NULL
) STRICT;
`
