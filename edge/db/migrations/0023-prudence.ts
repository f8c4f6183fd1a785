/** How much one member may hold and receive, and from what total on admins are alarmed. Off until an admin sets it. */

/** The characters of a ULID that stand for its time: every id made at `ms` or later sorts behind them. */
export const ulidTime = (ms: string): string =>
  [45, 40, 35, 30, 25, 20, 15, 10, 5, 0]
    .map((shift) => `substr('0123456789abcdefghjkmnpqrstvwxyz', (((${ms}) >> ${shift}) & 31) + 1, 1)`)
    .join(' || ')

const setting = (name: string): string => `(SELECT json_extract(value, '$.${name}') FROM payment_setting)`

/** AND stops at its first half: where there is no limit, nothing is summed up. */
export const exceeds = (limit: string, total: string): string =>
  `${setting(limit)} IS NOT NULL AND ${total} > ${setting(limit)}`

/** Of a member, with what is held for withdrawals and what they were told to transfer. */
export const held = (member: string, nowMs: string, except = "''"): string => `(
  (SELECT COALESCE(SUM(balance), 0) FROM account WHERE member_id = ${member} AND kind IN ('available', 'held'))
  + (SELECT COALESCE(SUM(total), 0) FROM deposit_request WHERE member_id = ${member} AND state = 'open'
      AND (claimed_at IS NOT NULL OR expires_at > ${nowMs}) AND id <> ${except}))`

/** 31 days: so no month of a calendar, in no time zone, can hold more. */
const received = (member: string, nowMs: string): string => `(
  (SELECT COALESCE(SUM(amount - fee), 0) FROM donation
    WHERE channel_id = (SELECT id FROM channel WHERE owner_id = ${member})
      AND id >= ${ulidTime(`${nowMs} - 2678400000`)})
  + (SELECT COALESCE(SUM(total), 0) FROM deposit_request WHERE member_id = ${member}
    AND (state = 'approved' AND decided_at > ${nowMs} - 2678400000
      OR state = 'open' AND (claimed_at IS NOT NULL OR expires_at > ${nowMs}))))`

/** A request gets its whole time again. */
export const reopenedAt = `NEW.expires_at - 3600000 * ${setting('depositHours')}`

export const sql = /* sql */ `
UPDATE payment_setting SET value = json_patch(value, '{"totalHeldAlarmRupiah":800000000}');

-- Money that arrived is never refused: what is refused is to ask for it.
CREATE TRIGGER deposit_within_cap BEFORE INSERT ON deposit_request
WHEN ${exceeds('walletCapRupiah', `${held('NEW.member_id', 'NEW.created_at')} + NEW.total`)}
BEGIN SELECT RAISE(ABORT, 'WALLET_FULL'); END;
CREATE TRIGGER deposit_reopened_within_cap BEFORE UPDATE OF expires_at ON deposit_request
WHEN NEW.state = 'open'
  AND ${exceeds('walletCapRupiah', `${held('NEW.member_id', reopenedAt, 'NEW.id')} + NEW.total`)}
BEGIN SELECT RAISE(ABORT, 'WALLET_FULL'); END;
CREATE TRIGGER deposit_within_month BEFORE INSERT ON deposit_request
WHEN ${exceeds('incomingRupiahPerMonth', `${received('NEW.member_id', 'NEW.created_at')} + NEW.total`)}
BEGIN SELECT RAISE(ABORT, 'MONTH_FULL'); END;

CREATE TRIGGER donation_within_cap BEFORE INSERT ON donation
WHEN ${exceeds('walletCapRupiah', `${held('NEW.to_member_id', 'NEW.created_at')} + NEW.amount - NEW.fee`)}
BEGIN SELECT RAISE(ABORT, 'RECEIVER_FULL'); END;
CREATE TRIGGER donation_within_month BEFORE INSERT ON donation
WHEN ${exceeds('incomingRupiahPerMonth', `${received('NEW.to_member_id', 'NEW.created_at')} + NEW.amount - NEW.fee`)}
BEGIN SELECT RAISE(ABORT, 'RECEIVER_FULL'); END;

-- The guest may take the money back the way it came.
CREATE TRIGGER claim_within_cap BEFORE UPDATE OF state ON gateway_payment
WHEN NEW.state = 'claimed'
  AND ${exceeds('walletCapRupiah', `${held('NEW.claimed_by', 'NEW.created_at')} + NEW.amount`)}
BEGIN SELECT RAISE(ABORT, 'WALLET_FULL'); END;
`
