/** Events for the streamer's own server: written by the transaction that makes them true, sent from here. */
export const sql = /* sql */ `
ALTER TABLE channel ADD COLUMN totals_public INTEGER NOT NULL DEFAULT 0 CHECK (totals_public IN (0, 1));

CREATE TABLE webhook (
  channel_id TEXT PRIMARY KEY REFERENCES channel (id),
  url TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_delivery (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  channel_id TEXT NOT NULL REFERENCES channel (id),
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  -- Until then one edge is at it.
  lease_until INTEGER NOT NULL DEFAULT 0,
  status INTEGER,
  problem TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_channel ON webhook_delivery (channel_id, seq);

-- Of a server that is away for long, the events of that time are lost from the thousandth on; the last hundred that
-- are over stay to be looked at.
CREATE TRIGGER outbox_goes_to_webhooks AFTER INSERT ON outbox
WHEN NEW.type IN ('donation', 'alert_state', 'live')
  AND EXISTS (SELECT 1 FROM webhook WHERE channel_id = NEW.channel_id AND is_enabled = 1)
  AND (NEW.type <> 'alert_state' OR (NEW.payload ->> '$.state' = 'done' AND NEW.payload ->> '$.slot' = 'main'))
  AND (NEW.type <> 'live' OR NEW.payload ->> '$.live' IN ('live', 'ended'))
  AND (SELECT COUNT(*) FROM webhook_delivery WHERE channel_id = NEW.channel_id AND state = 'pending') < 1000
BEGIN
  INSERT INTO webhook_delivery (id, channel_id, type, data, next_at, created_at) VALUES (
    'evt_' || lower(hex(randomblob(16))),
    NEW.channel_id,
    CASE NEW.type WHEN 'donation' THEN 'donation.received' WHEN 'alert_state' THEN 'alert.shown'
      ELSE 'broadcast.' || (NEW.payload ->> '$.live') END,
    CASE NEW.type WHEN 'donation' THEN NEW.payload -> '$.donation'
      WHEN 'alert_state' THEN json_object('alertId', NEW.payload ->> '$.alertId', 'donationId',
        (SELECT donation_id FROM alert WHERE id = NEW.payload ->> '$.alertId'))
      ELSE json_object('broadcastId', NEW.payload ->> '$.broadcastId') END,
    NEW.created_at,
    NEW.created_at
  );
  DELETE FROM webhook_delivery WHERE channel_id = NEW.channel_id AND state <> 'pending' AND seq <= (
    SELECT seq FROM webhook_delivery WHERE channel_id = NEW.channel_id AND state <> 'pending'
    ORDER BY seq DESC LIMIT 1 OFFSET 100);
END;
`
