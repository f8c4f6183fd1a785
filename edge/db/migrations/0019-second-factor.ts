/** The second factor of admins: one-time codes by an app (RFC 6238), and codes to get in without it. */
export const sql = /* sql */ `
CREATE TABLE admin_factor (
  admin_id TEXT PRIMARY KEY REFERENCES admin (id),
  sealed_secret TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- NULL: begun, and no code has shown yet that the app has it.
  confirmed_at INTEGER,
  -- The time step of the newest code that was accepted.
  last_step INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TRIGGER admin_factor_code_once BEFORE UPDATE OF last_step ON admin_factor WHEN NEW.last_step <= OLD.last_step
BEGIN SELECT RAISE(ABORT, 'FACTOR_CODE_USED'); END;

CREATE TABLE admin_recovery_code (
  code_hash TEXT PRIMARY KEY,
  admin_id TEXT NOT NULL REFERENCES admin_factor (admin_id),
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_recovery_code_admin ON admin_recovery_code (admin_id);
CREATE TRIGGER admin_recovery_code_once BEFORE UPDATE OF used_at ON admin_recovery_code WHEN OLD.used_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'FACTOR_CODE_USED'); END;
`
