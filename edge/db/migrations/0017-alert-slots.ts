/** More places than one where alerts are shown, and what was held and dropped stays covered. */
export const sql = /* sql */ `
-- Beside 'main', which every channel has. Each alert is shown once on each.
CREATE TABLE alert_slot (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, slot)
) STRICT, WITHOUT ROWID;

-- Nobody allowed its words, so a replay shows them covered; the donation keeps what was sent.
CREATE TRIGGER alert_play_dropped AFTER UPDATE OF state ON alert_play
WHEN OLD.state = 'held' AND NEW.state = 'skipped'
BEGIN
  UPDATE alert SET sender_name = COALESCE(masked_name, sender_name),
    message = COALESCE(masked_message, message) WHERE id = NEW.alert_id AND held_for IS NOT NULL;
END;
UPDATE alert SET sender_name = COALESCE(masked_name, sender_name),
  message = COALESCE(masked_message, message)
WHERE held_for IS NOT NULL
  AND EXISTS (SELECT 1 FROM alert_play WHERE alert_id = alert.id AND state = 'skipped')
  AND EXISTS (SELECT 1 FROM donation WHERE donation.id = alert.donation_id
    AND (shown_name IS NOT alert.sender_name OR shown_message IS NOT alert.message));
`
