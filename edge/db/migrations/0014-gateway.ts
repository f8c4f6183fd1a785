/** Guests: payments through a gateway, its notices, and the account that stands for those without one. */
export const sql = /* sql */ `
INSERT INTO transfer_kind (kind) VALUES ('gateway_paid'), ('gateway_held'), ('gateway_reversed'), ('gateway_refunded'),
  ('gateway_claimed');
-- What the gateway owes the platform stands below zero, as with banks.
INSERT INTO account (id, kind, may_go_negative) VALUES ('gateway:midtrans', 'gateway', 1), ('gateway:xendit', 'gateway', 1),
  ('suspense:gateway', 'suspense', 0);

-- Money of guests passes through this wallet within one batch. Nobody can sign in: the name has a letter that names
-- cannot have, and the hash is none.
INSERT INTO member (id, email, username, password_hash, registered_at)
  VALUES ('00000000000000000000000000', '~tamu', '~tamu', '', 0);

CREATE TABLE gateway_payment (
  -- The order id at the gateway.
  id TEXT PRIMARY KEY,
  -- Of the address of its page: whoever holds it is the guest.
  token_hash TEXT NOT NULL UNIQUE,
  request_hash TEXT NOT NULL,
  gateway TEXT NOT NULL CHECK (gateway IN ('midtrans', 'xendit')),
  -- The gateway's own id; NULL until it has answered.
  reference TEXT,
  qr_text TEXT,
  qr_png BLOB,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  -- JSON of DonationRequest.
  request TEXT NOT NULL,
  -- held: paid, and could not be given or was given back; the guest decides. refunding: asked of the gateway.
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'expired', 'paid', 'held', 'refunding', 'refunded',
    'claimed', 'reversed')),
  donation_id TEXT UNIQUE REFERENCES donation (id),
  claimed_by TEXT REFERENCES member (id),
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  paid_at INTEGER,
  -- When the gateway was last asked.
  checked_at INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT charged_has_code CHECK (reference IS NULL OR qr_text IS NOT NULL OR qr_png IS NOT NULL)
) STRICT;
CREATE INDEX gateway_payment_pending ON gateway_payment (checked_at) WHERE state IN ('pending', 'refunding');
CREATE TRIGGER gateway_payment_terms_stay
BEFORE UPDATE OF id, token_hash, request_hash, gateway, channel_id, amount, request, created_at ON gateway_payment
BEGIN SELECT RAISE(ABORT, 'GATEWAY_PAYMENT_FIXED'); END;
-- Never back, and each step once: a late payment may follow expiry, a reversal may follow settlement.
CREATE TRIGGER gateway_payment_moves_on BEFORE UPDATE OF state ON gateway_payment
WHEN NOT CASE OLD.state
  WHEN 'pending' THEN NEW.state IN ('expired', 'paid', 'held')
  WHEN 'expired' THEN NEW.state IN ('paid', 'held')
  WHEN 'paid' THEN NEW.state IN ('held', 'reversed')
  WHEN 'held' THEN NEW.state IN ('refunding', 'claimed', 'reversed')
  WHEN 'refunding' THEN NEW.state IN ('refunded', 'held')
  WHEN 'claimed' THEN NEW.state = 'reversed'
  ELSE 0 END
BEGIN SELECT RAISE(ABORT, 'GATEWAY_PAYMENT_MOVED_ON'); END;

-- What the gateway sent, as it came.
CREATE TABLE gateway_notice (
  id TEXT PRIMARY KEY,
  gateway TEXT NOT NULL,
  order_id TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  -- NULL: not dealt with yet.
  outcome TEXT
) STRICT;
CREATE INDEX gateway_notice_order ON gateway_notice (order_id, id);
CREATE INDEX gateway_notice_time ON gateway_notice (received_at);

-- A reversal by the gateway knows no time; a refund by the streamer does.
ALTER TABLE donation_refund ADD COLUMN is_reversal INTEGER NOT NULL DEFAULT 0 CHECK (is_reversal IN (0, 1));
DROP TRIGGER donation_refund_in_time;
CREATE TRIGGER donation_refund_in_time BEFORE INSERT ON donation_refund
WHEN NEW.is_reversal = 0 AND NEW.refunded_at >= (SELECT created_at FROM donation WHERE id = NEW.donation_id)
  + 3600000 * (SELECT json_extract(value, '$.refundHours') FROM payment_setting)
BEGIN SELECT RAISE(ABORT, 'REFUND_TOO_LATE'); END;
-- Given back by the streamer: the guest decides what becomes of it.
CREATE TRIGGER donation_refund_of_guest AFTER INSERT ON donation_refund WHEN NEW.is_reversal = 0
BEGIN
  UPDATE gateway_payment SET state = 'held' WHERE donation_id = NEW.donation_id AND state = 'paid';
END;
`
