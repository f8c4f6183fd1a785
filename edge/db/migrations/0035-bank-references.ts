/** One transaction of the bank counts once, however its id is typed. */

/** Without what people put in or leave out; letters come in ASCII (`BankTransactionId`). */
const typed = (reference: string): string =>
  [' ', '-', '.', '/', '_', ':', '#', ','].reduce(
    (text, mark) => `replace(${text}, '${mark}', '')`,
    `upper(${reference})`,
  )

/** A day of Jakarta, as banks book: UTC+7 without daylight saving. */
const day = (ms: string): string => `date(${ms} / 1000 + 25200, 'unixepoch')`

export const sql = /* sql */ `
CREATE INDEX bank_line_typed ON bank_line (receiving_account_id, ${typed('reference')});
CREATE TRIGGER bank_line_counts_once BEFORE INSERT ON bank_line
WHEN EXISTS (SELECT 1 FROM bank_line WHERE receiving_account_id = NEW.receiving_account_id
  AND ${typed('reference')} = ${typed('NEW.reference')})
BEGIN SELECT RAISE(ABORT, 'BANK_TRANSACTION_USED'); END;

CREATE INDEX withdrawal_typed ON withdrawal_request (paid_from, ${typed('bank_transaction_id')}) WHERE paid_from IS NOT NULL;
CREATE TRIGGER withdrawal_payout_counts_once BEFORE UPDATE OF state ON withdrawal_request
WHEN NEW.state = 'paid' AND EXISTS (SELECT 1 FROM withdrawal_request WHERE paid_from = NEW.paid_from
  AND ${typed('bank_transaction_id')} = ${typed('NEW.bank_transaction_id')})
BEGIN SELECT RAISE(ABORT, 'BANK_TRANSACTION_USED'); END;

-- Money that the statement has brought already is credited by its line: by hand it would arrive a second time.
CREATE INDEX bank_line_waiting ON bank_line (receiving_account_id, amount) WHERE state = 'unmatched';
CREATE TRIGGER bank_line_waits BEFORE INSERT ON bank_line
WHEN NEW.state = 'credited' AND NEW.booked_on IS NULL AND EXISTS (SELECT 1 FROM bank_line
  WHERE receiving_account_id = NEW.receiving_account_id AND amount = NEW.amount AND state = 'unmatched'
    AND COALESCE(booked_on, ${day('created_at')}) >= (SELECT ${day('created_at')} FROM deposit_request WHERE id = NEW.deposit_id))
BEGIN SELECT RAISE(ABORT, 'BANK_LINE_WAITS'); END;
`
