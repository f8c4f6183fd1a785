/** Donations: the platform's fee, refunds by the streamer, and donations that wait for a top-up. */
export const sql = /* sql */ `
INSERT INTO transfer_kind (kind) VALUES ('donation_refunded');

-- Thousandths of each donation, and the hours in which a streamer may give it back (0: never).
UPDATE payment_setting SET value = json_patch(value, '{"donationFeePermille":0,"refundHours":24}');

-- Of the amount; the rest is the streamer's.
ALTER TABLE donation ADD COLUMN fee INTEGER NOT NULL DEFAULT 0 CHECK (fee >= 0 AND fee < amount);
-- The donor was shown a fee: another one must not be taken.
CREATE TRIGGER donation_fee BEFORE INSERT ON donation
WHEN NEW.fee <> NEW.amount * (SELECT json_extract(value, '$.donationFeePermille') FROM payment_setting) / 1000
BEGIN SELECT RAISE(ABORT, 'DONATION_FEE_CHANGED'); END;

CREATE TABLE donation_refund (
  donation_id TEXT PRIMARY KEY REFERENCES donation (id),
  transfer_id TEXT NOT NULL UNIQUE REFERENCES transfer (id),
  reason TEXT NOT NULL,
  refunded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER donation_refund_in_time BEFORE INSERT ON donation_refund
WHEN NEW.refunded_at >= (SELECT created_at FROM donation WHERE id = NEW.donation_id)
  + 3600000 * (SELECT json_extract(value, '$.refundHours') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'REFUND_TOO_LATE'); END;
CREATE TRIGGER donation_refund_stays BEFORE UPDATE ON donation_refund
BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER donation_refund_no_delete BEFORE DELETE ON donation_refund
BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
-- What nobody has seen yet is not shown any more.
CREATE TRIGGER donation_refund_skips_alert AFTER INSERT ON donation_refund
BEGIN
  UPDATE alert_play SET state = 'skipped' WHERE state IN ('queued', 'held', 'late')
    AND alert_id = (SELECT id FROM alert WHERE donation_id = NEW.donation_id);
END;

-- Sent by itself once the top-up of what is missing is credited.
CREATE TABLE waiting_donation (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES member (id),
  channel_id TEXT NOT NULL REFERENCES channel (id),
  deposit_id TEXT NOT NULL UNIQUE REFERENCES deposit_request (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- JSON of DonationRequest, as the donor confirmed it.
  request TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'cancelled', 'failed')),
  donation_id TEXT UNIQUE REFERENCES donation (id),
  -- The error code by which it was refused.
  failure TEXT,
  created_at INTEGER NOT NULL,
  decided_at INTEGER,
  CONSTRAINT sent_has_donation CHECK ((state = 'sent') = (donation_id IS NOT NULL))
) STRICT;
CREATE INDEX waiting_donation_member ON waiting_donation (member_id, id);
CREATE INDEX waiting_donation_waiting ON waiting_donation (id) WHERE state = 'waiting';
CREATE TRIGGER waiting_donation_to_self BEFORE INSERT ON waiting_donation
WHEN NEW.member_id = (SELECT owner_id FROM channel WHERE id = NEW.channel_id)
BEGIN SELECT RAISE(ABORT, 'DONATION_TO_SELF'); END;
CREATE TRIGGER waiting_donation_is_open BEFORE INSERT ON waiting_donation
WHEN NOT EXISTS (
  SELECT 1 FROM channel JOIN member_right ON member_right.member_id = channel.owner_id AND member_right.right = 'donations'
  WHERE channel.id = NEW.channel_id AND channel.donations_enabled = 1
    AND COALESCE((SELECT value FROM setting WHERE name = 'donationsEnabled'), 'true') = 'true'
)
BEGIN SELECT RAISE(ABORT, 'DONATIONS_CLOSED'); END;
CREATE TRIGGER waiting_donation_decided_once BEFORE UPDATE ON waiting_donation
WHEN OLD.state <> 'waiting' OR NEW.state = 'waiting'
BEGIN SELECT RAISE(ABORT, 'WAITING_DONATION_DECIDED'); END;
-- The money will not come, or not for this.
CREATE TRIGGER waiting_donation_without_deposit AFTER UPDATE OF state ON deposit_request
WHEN NEW.state IN ('rejected', 'cancelled')
BEGIN
  UPDATE waiting_donation SET state = 'cancelled', decided_at = NEW.decided_at
    WHERE deposit_id = NEW.id AND state = 'waiting';
END;
`
