/**
 * Two admins are two people: whom one of them has just added, and what one of them has just loosened, counts only after
 * hours in which the others can object; and all of them are told.
 */
export const sql = /* sql */ `
-- NULL: the first one, or added where the server runs.
ALTER TABLE admin ADD COLUMN added_by TEXT REFERENCES admin (id);
CREATE TRIGGER admin_age_stays BEFORE UPDATE OF id, added_by, created_at ON admin
BEGIN SELECT RAISE(ABORT, 'ADMIN_AGE_FIXED'); END;

UPDATE payment_setting SET value = json_patch(value, '{"adminCoolDownHours":24}');
ALTER TABLE payment_setting ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_setting ADD COLUMN changed_by TEXT REFERENCES admin (id);

-- Rules that were loosened while there was somebody to object: each goes on for as long as its own hours say.
CREATE TABLE former_approval_rule (
  id INTEGER PRIMARY KEY,
  two_admins_above INTEGER NOT NULL,
  admin_hours INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;
-- The strictest of those whose time is not over holds.
CREATE VIEW approval_rule AS
SELECT two_admins_above, admin_hours, ended_at + admin_hours * 3600000 AS holds_until FROM former_approval_rule
UNION ALL
SELECT COALESCE(json_extract(value, '$.twoAdminsAboveRupiah'), 9000000000000000),
  COALESCE(json_extract(value, '$.adminCoolDownHours'), 24), 9000000000000000 FROM payment_setting;

CREATE TABLE admin_notice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  admin_id TEXT NOT NULL REFERENCES admin (id),
  kind TEXT NOT NULL,
  details TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
CREATE INDEX admin_notice_unread ON admin_notice (admin_id, id) WHERE read_at IS NULL;

-- Also whoever added them: it may have been somebody with their password.
CREATE TRIGGER admin_added_is_told AFTER INSERT ON admin BEGIN
  INSERT INTO admin_notice (admin_id, kind, details, created_at)
  SELECT id, 'admin_added', json_object('username', NEW.username,
      'by', (SELECT username FROM admin WHERE id = NEW.added_by)), NEW.created_at
    FROM admin WHERE id <> NEW.id;
END;
CREATE TRIGGER approval_rule_loosened AFTER UPDATE OF value ON payment_setting
WHEN (SELECT COUNT(*) FROM admin) > 1 AND (
  COALESCE(json_extract(NEW.value, '$.twoAdminsAboveRupiah'), 9000000000000000)
    > COALESCE(json_extract(OLD.value, '$.twoAdminsAboveRupiah'), 9000000000000000)
  OR COALESCE(json_extract(NEW.value, '$.adminCoolDownHours'), 24)
    < COALESCE(json_extract(OLD.value, '$.adminCoolDownHours'), 24))
BEGIN
  INSERT INTO former_approval_rule (two_admins_above, admin_hours, ended_at)
  VALUES (COALESCE(json_extract(OLD.value, '$.twoAdminsAboveRupiah'), 9000000000000000),
    COALESCE(json_extract(OLD.value, '$.adminCoolDownHours'), 24), NEW.changed_at);
  INSERT INTO admin_notice (admin_id, kind, details, created_at)
  SELECT id, 'approval_rule_loosened', json_object('by', (SELECT username FROM admin WHERE id = NEW.changed_by),
      'twoAdminsAboveRupiah', json_extract(NEW.value, '$.twoAdminsAboveRupiah'),
      'adminCoolDownHours', json_extract(NEW.value, '$.adminCoolDownHours'),
      'holdsFrom', (SELECT MAX(ended_at + admin_hours * 3600000) FROM former_approval_rule)), NEW.changed_at
    FROM admin;
END;

-- As before, but each approval counts only once its admin is old enough, at the moment of the payment.
DROP TRIGGER withdrawal_second_admin;
CREATE TRIGGER withdrawal_approved BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND NOT EXISTS (SELECT 1 FROM withdrawal_approval WHERE withdrawal_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'SECOND_ADMIN_NEEDED'); END;
CREATE TRIGGER withdrawal_second_admin BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND (SELECT COUNT(*) FROM admin) > 1
  AND NEW.amount > (SELECT MIN(two_admins_above) FROM approval_rule WHERE holds_until > COALESCE(NEW.decided_at, 0))
  AND (SELECT COUNT(*) FROM withdrawal_approval JOIN admin ON admin.id = admin_id
    WHERE withdrawal_id = NEW.id AND admin.created_at <= COALESCE(NEW.decided_at, 0) - 3600000 *
      (SELECT MAX(admin_hours) FROM approval_rule WHERE holds_until > COALESCE(NEW.decided_at, 0))) < 2
BEGIN
  SELECT CASE WHEN (SELECT COUNT(*) FROM withdrawal_approval WHERE withdrawal_id = NEW.id) < 2
    THEN RAISE(ABORT, 'SECOND_ADMIN_NEEDED') ELSE RAISE(ABORT, 'SECOND_ADMIN_TOO_NEW') END;
END;
`
