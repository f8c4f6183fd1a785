/** Whether the gateway has said that it took a refund: one that nobody knows of is asked for again, by the same key. */
export const sql = /* sql */ `
ALTER TABLE gateway_payment ADD COLUMN refund_taken_at INTEGER;
UPDATE gateway_payment SET refund_taken_at = created_at WHERE state = 'refunding';
`
