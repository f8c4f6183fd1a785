/** Limits of what one member may hold and receive bind admins too. Nothing that has arrived is lost: it waits as unmatched. */
import { exceeds, held, reopenedAt, ulidTime } from './0023-prudence.ts'

const GUEST = "'00000000000000000000000000'"

/** Of 31 days, however it came; less one request. */
const received = (member: string, nowMs: string, except = "''"): string => `(
  (SELECT COALESCE(SUM(amount - fee), 0) FROM donation
    WHERE channel_id = (SELECT id FROM channel WHERE owner_id = ${member})
      AND id >= ${ulidTime(`${nowMs} - 2678400000`)})
  + (SELECT COALESCE(SUM(total), 0) FROM deposit_request WHERE member_id = ${member} AND id <> ${except}
    AND (state = 'approved' AND decided_at > ${nowMs} - 2678400000
      OR state = 'open' AND (claimed_at IS NOT NULL OR expires_at > ${nowMs})))
  + (SELECT COALESCE(SUM(amount), 0) FROM correction
    WHERE member_id = ${member} AND created_at > ${nowMs} - 2678400000)
  + (SELECT COALESCE(SUM(amount), 0) FROM bank_line
    WHERE member_id = ${member} AND state = 'assigned' AND decided_at > ${nowMs} - 2678400000))`

const isGone = (member: string): string =>
  `(${member} = ${GUEST} OR (SELECT closed_at FROM member WHERE id = ${member}) IS NOT NULL)`

export const sql = /* sql */ `
CREATE TABLE correction (
  transfer_id TEXT PRIMARY KEY REFERENCES transfer (id),
  member_id TEXT NOT NULL REFERENCES member (id),
  amount INTEGER NOT NULL CHECK (amount > 0),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX correction_member ON correction (member_id, created_at);
INSERT INTO correction (transfer_id, member_id, amount, created_at)
  SELECT transfer.id, account.member_id, entry.amount, transfer.created_at FROM transfer
  JOIN entry ON entry.transfer_id = transfer.id JOIN account ON account.id = account_id
  WHERE transfer.kind = 'credit' AND account.kind = 'available' AND entry.amount > 0;
CREATE INDEX bank_line_assigned ON bank_line (member_id, decided_at) WHERE state = 'assigned';

CREATE TRIGGER correction_stays BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER correction_no_delete BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'LEDGER_APPEND_ONLY'); END;
CREATE TRIGGER correction_to_somebody BEFORE INSERT ON correction WHEN ${isGone('NEW.member_id')}
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_CLOSED'); END;
CREATE TRIGGER correction_within_cap BEFORE INSERT ON correction
WHEN ${exceeds('walletCapRupiah', `${held('NEW.member_id', 'NEW.created_at')} + NEW.amount`)}
BEGIN SELECT RAISE(ABORT, 'WALLET_FULL'); END;
CREATE TRIGGER correction_within_month BEFORE INSERT ON correction
WHEN ${exceeds('incomingRupiahPerMonth', `${received('NEW.member_id', 'NEW.created_at')} + NEW.amount`)}
BEGIN SELECT RAISE(ABORT, 'MONTH_FULL'); END;

-- Why a line could not be assigned, and to whom: it stays unmatched, and is assigned later or returned.
ALTER TABLE bank_line ADD COLUMN refusal TEXT;
ALTER TABLE bank_line ADD COLUMN refused_member_id TEXT REFERENCES member (id);
CREATE TRIGGER bank_line_to_somebody BEFORE UPDATE OF state ON bank_line
WHEN NEW.state = 'assigned' AND ${isGone('NEW.member_id')}
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_CLOSED'); END;
CREATE TRIGGER bank_line_within_cap BEFORE UPDATE OF state ON bank_line
WHEN NEW.state = 'assigned'
  AND ${exceeds('walletCapRupiah', `${held('NEW.member_id', 'NEW.decided_at')} + NEW.amount`)}
BEGIN SELECT RAISE(ABORT, 'WALLET_FULL'); END;
CREATE TRIGGER bank_line_within_month BEFORE UPDATE OF state ON bank_line
WHEN NEW.state = 'assigned'
  AND ${exceeds('incomingRupiahPerMonth', `${received('NEW.member_id', 'NEW.decided_at')} + NEW.amount`)}
BEGIN SELECT RAISE(ABORT, 'MONTH_FULL'); END;

DROP TRIGGER deposit_within_month;
CREATE TRIGGER deposit_within_month BEFORE INSERT ON deposit_request
WHEN ${exceeds('incomingRupiahPerMonth', `${received('NEW.member_id', 'NEW.created_at')} + NEW.total`)}
BEGIN SELECT RAISE(ABORT, 'MONTH_FULL'); END;
CREATE TRIGGER deposit_reopened_within_month BEFORE UPDATE OF expires_at ON deposit_request
WHEN NEW.state = 'open'
  AND ${exceeds('incomingRupiahPerMonth', `${received('NEW.member_id', reopenedAt, 'NEW.id')} + NEW.total`)}
BEGIN SELECT RAISE(ABORT, 'MONTH_FULL'); END;
DROP TRIGGER donation_within_month;
CREATE TRIGGER donation_within_month BEFORE INSERT ON donation
WHEN ${exceeds('incomingRupiahPerMonth', `${received('NEW.to_member_id', 'NEW.created_at')} + NEW.amount - NEW.fee`)}
BEGIN SELECT RAISE(ABORT, 'RECEIVER_FULL'); END;

-- Nobody could ever take it out again.
CREATE TRIGGER donation_refund_to_somebody BEFORE INSERT ON donation_refund
WHEN NEW.is_reversal = 0 AND (SELECT closed_at FROM donation JOIN member ON member.id = from_member_id
  WHERE donation.id = NEW.donation_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'ACCOUNT_CLOSED'); END;
`
