/** What a gateway decides later is asked for: how a refund ended that it took, and whether an expired code was paid after all. */
export const sql = /* sql */ `
-- Each attempt has a key of its own at the gateway: a failed one is not answered again.
ALTER TABLE gateway_payment ADD COLUMN refund_attempt INTEGER NOT NULL DEFAULT 0;
-- The gateway's own id of the refund that it took.
ALTER TABLE gateway_payment ADD COLUMN refund_reference TEXT;
-- It was taken, and failed later: the guest chooses again.
ALTER TABLE gateway_payment ADD COLUMN refund_failed_at INTEGER;
UPDATE gateway_payment SET refund_attempt = 1 WHERE state IN ('refunding', 'refunded');

-- After expiry: in 10 minutes, then each time as long again, until more than a day is over. NULL: never again.
ALTER TABLE gateway_payment ADD COLUMN ask_again_at INTEGER AS (CASE
  WHEN state = 'expired' AND reference IS NOT NULL AND checked_at < expires_at + 86400000
  THEN MAX(checked_at, expires_at) + MAX(600000, checked_at - expires_at) END) VIRTUAL;
-- What expired long before this rule is not asked for any more.
UPDATE gateway_payment SET checked_at = expires_at + 86400000
  WHERE state = 'expired' AND expires_at < (unixepoch('now') - 172800) * 1000 AND checked_at < expires_at + 86400000;
CREATE INDEX gateway_payment_ask_again ON gateway_payment (gateway, ask_again_at) WHERE ask_again_at IS NOT NULL;
DROP INDEX gateway_payment_pending;
CREATE INDEX gateway_payment_pending ON gateway_payment (gateway, checked_at) WHERE state = 'pending';
CREATE INDEX gateway_payment_refunding ON gateway_payment (gateway, checked_at) WHERE state = 'refunding';
`
