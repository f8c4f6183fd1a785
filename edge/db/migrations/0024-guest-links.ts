/** A second address of a guest's payment, made by an admin for somebody who lost the first. */
export const sql = /* sql */ `
CREATE TABLE gateway_link (
  payment_id TEXT PRIMARY KEY REFERENCES gateway_payment (id),
  token_hash TEXT NOT NULL UNIQUE,
  made_by TEXT NOT NULL REFERENCES admin (id),
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
