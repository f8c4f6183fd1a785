/** Accounts that an admin has stopped: nobody signs in, and no money moves to or from them until it is looked into. */
export const sql = /* sql */ `
ALTER TABLE member ADD COLUMN frozen_at INTEGER;
CREATE TRIGGER frozen_signs_out AFTER UPDATE OF frozen_at ON member WHEN NEW.frozen_at IS NOT NULL
BEGIN DELETE FROM session WHERE member_id = NEW.id; END;
CREATE TRIGGER frozen_stays_out BEFORE INSERT ON session
WHEN (SELECT frozen_at FROM member WHERE id = NEW.member_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_FROZEN'); END;
CREATE TRIGGER frozen_gives_and_gets_nothing BEFORE INSERT ON donation
WHEN EXISTS (SELECT 1 FROM member WHERE id IN (NEW.from_member_id, NEW.to_member_id) AND frozen_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_FROZEN'); END;
CREATE TRIGGER frozen_withdraws_nothing BEFORE INSERT ON withdrawal_request
WHEN (SELECT frozen_at FROM member WHERE id = NEW.member_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_FROZEN'); END;
-- What was asked for before is not paid either; it can be released.
CREATE TRIGGER frozen_is_not_paid BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND (SELECT frozen_at FROM member WHERE id = NEW.member_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_FROZEN'); END;
`
