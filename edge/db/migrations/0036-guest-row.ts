/** The row that stands for all guests is nobody's account. */
const GUEST = "'00000000000000000000000000'"

export const sql = /* sql */ `
-- With a password it would be somebody's, and frozen or closed it would stop the donations of all guests.
CREATE TRIGGER guest_row_stays BEFORE UPDATE OF id, email, username, password_hash, frozen_at, closed_at ON member
WHEN OLD.id = ${GUEST}
BEGIN SELECT RAISE(ABORT, 'GUEST_ROW_FIXED'); END;
CREATE TRIGGER guest_row_stays_out BEFORE INSERT ON session WHEN NEW.member_id = ${GUEST}
BEGIN SELECT RAISE(ABORT, 'GUEST_ROW_FIXED'); END;
`
