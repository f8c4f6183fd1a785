/** Large donations of donors whom nobody knows yet: the streamer's part is held for a while before it can be used. */
const GUEST = "'00000000000000000000000000'"

const setting = (name: string): string => `(SELECT json_extract(value, '$.${name}') FROM payment_setting)`
const threshold = setting('donationHoldAboveRupiah')
/** Donations up to then make their donor a known one. */
const knownUntil = `NEW.created_at - 3600000 * ${setting('donationHoldHours')}`

export const sql = /* sql */ `
INSERT INTO transfer_kind (kind) VALUES ('donation_released');
INSERT INTO notification_kind (kind) VALUES ('donation_hold_decided');
UPDATE payment_setting SET value = json_patch(value, '{"donationHoldHours":24}');

CREATE TABLE donation_hold (
  donation_id TEXT PRIMARY KEY REFERENCES donation (id),
  -- The streamer, and what they are to get.
  member_id TEXT NOT NULL REFERENCES member (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  release_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'refunded')),
  release_transfer_id TEXT UNIQUE REFERENCES transfer (id),
  -- NULL: by time, or given back by the streamer.
  decided_by TEXT REFERENCES admin (id),
  decided_at INTEGER,
  CONSTRAINT released_has_transfer CHECK ((state = 'released') = (release_transfer_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX donation_hold_member ON donation_hold (member_id, donation_id) WHERE state = 'held';
CREATE INDEX donation_hold_due ON donation_hold (release_at) WHERE state = 'held';
CREATE TRIGGER donation_hold_terms_stay BEFORE UPDATE OF donation_id, member_id, amount, release_at ON donation_hold
BEGIN SELECT RAISE(ABORT, 'DONATION_HOLD_FIXED'); END;
CREATE TRIGGER donation_hold_no_delete BEFORE DELETE ON donation_hold
BEGIN SELECT RAISE(ABORT, 'DONATION_HOLD_FIXED'); END;
CREATE TRIGGER donation_hold_decided_once BEFORE UPDATE ON donation_hold WHEN OLD.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'DONATION_HOLD_DECIDED'); END;
-- Whoever is looked into gets nothing until that is over. A closed account is frozen for ever, and its gifts stand.
CREATE TRIGGER donation_hold_frozen BEFORE UPDATE OF state ON donation_hold
WHEN NEW.state = 'released' AND EXISTS (SELECT 1 FROM donation JOIN member ON member.id IN (from_member_id, to_member_id)
  WHERE donation.id = NEW.donation_id AND frozen_at IS NOT NULL AND closed_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_FROZEN'); END;

-- Many small ones count as one large one. Guests are nobody in particular, so each of theirs stands for itself.
CREATE TRIGGER donation_is_held AFTER INSERT ON donation
WHEN ${threshold} IS NOT NULL AND CASE WHEN NEW.from_member_id = ${GUEST} THEN NEW.amount > ${threshold} ELSE
  NOT EXISTS (SELECT 1 FROM donation AS earlier WHERE earlier.from_member_id = NEW.from_member_id
    AND earlier.created_at <= ${knownUntil}
    AND NOT EXISTS (SELECT 1 FROM donation_refund WHERE donation_id = earlier.id)
    AND NOT EXISTS (SELECT 1 FROM donation_hold WHERE donation_id = earlier.id AND state = 'held'))
  AND (SELECT SUM(amount) FROM donation AS recent
    WHERE recent.from_member_id = NEW.from_member_id AND recent.created_at > ${knownUntil}) > ${threshold} END
BEGIN
  INSERT INTO account (id, kind, member_id) SELECT 'member:' || NEW.to_member_id || ':held', 'held', NEW.to_member_id
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = 'member:' || NEW.to_member_id || ':held');
  INSERT INTO donation_hold (donation_id, member_id, amount, release_at)
    VALUES (NEW.id, NEW.to_member_id, NEW.amount - NEW.fee, NEW.created_at + 3600000 * ${setting('donationHoldHours')});
END;

CREATE TRIGGER donation_refund_ends_hold AFTER INSERT ON donation_refund
BEGIN
  UPDATE donation_hold SET state = 'refunded', decided_at = NEW.refunded_at
    WHERE donation_id = NEW.donation_id AND state = 'held';
END;
-- What an admin gives back of what is held is bound to no time either.
DROP TRIGGER donation_refund_in_time;
CREATE TRIGGER donation_refund_in_time BEFORE INSERT ON donation_refund
WHEN NEW.is_reversal = 0 AND NEW.refunded_at >= (SELECT created_at FROM donation WHERE id = NEW.donation_id)
    + 3600000 * ${setting('refundHours')}
  AND NOT EXISTS (SELECT 1 FROM donation_hold
    WHERE donation_id = NEW.donation_id AND state = 'refunded' AND decided_by IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'REFUND_TOO_LATE'); END;
`
