/** Accounts that their members have closed: the ledger stays, the person goes. */
export const sql = /* sql */ `
ALTER TABLE member ADD COLUMN closed_at INTEGER;
CREATE TRIGGER member_closes_empty BEFORE UPDATE OF closed_at ON member WHEN NEW.closed_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'ACCOUNT_NOT_EMPTY')
  WHERE EXISTS (SELECT 1 FROM account WHERE member_id = NEW.id AND balance <> 0);
  SELECT RAISE(ABORT, 'ACCOUNT_BUSY')
  WHERE EXISTS (SELECT 1 FROM deposit_request WHERE member_id = NEW.id AND state = 'open')
    OR EXISTS (SELECT 1 FROM support_case WHERE member_id = NEW.id AND state <> 'closed')
    OR EXISTS (SELECT 1 FROM broadcast JOIN channel ON channel.id = channel_id
      WHERE owner_id = NEW.id AND state <> 'ended' AND lease_until > NEW.closed_at);
END;
CREATE TRIGGER member_stays_closed BEFORE UPDATE OF closed_at, frozen_at ON member
WHEN OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NOT OLD.closed_at OR NEW.frozen_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_CLOSED'); END;
`
