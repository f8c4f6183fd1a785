/** Widgets: their settings, the timer's state, votes, and what counts in totals. */
export const sql = `
-- The widgets' key may be read again by the owner; alert boxes and docks have none.
ALTER TABLE overlay ADD COLUMN sealed_key TEXT;

-- Settings as JSON of the contract; what is missing has its default.
CREATE TABLE widget (
  channel_id TEXT NOT NULL REFERENCES channel (id),
  kind TEXT NOT NULL CHECK (kind IN ('goal', 'leaderboard', 'running', 'timer', 'vote', 'qr')),
  settings TEXT NOT NULL,
  PRIMARY KEY (channel_id, kind)
) STRICT, WITHOUT ROWID;

-- Donations that count no more: the money went back.
CREATE TABLE uncounted_donation (
  donation_id TEXT PRIMARY KEY REFERENCES donation (id)
) STRICT, WITHOUT ROWID;
CREATE VIEW counted_donation AS SELECT * FROM donation
  WHERE NOT EXISTS (SELECT 1 FROM uncounted_donation WHERE donation_id = donation.id);
CREATE INDEX donation_time ON donation (channel_id, created_at, amount);
CREATE INDEX donation_donor ON donation (channel_id, sender_name COLLATE NOCASE, created_at, amount);

CREATE TABLE subathon (
  channel_id TEXT PRIMARY KEY REFERENCES channel (id),
  -- Each start from nothing is a run of its own: what came before it gives and takes no time.
  run INTEGER NOT NULL,
  granted_ms INTEGER NOT NULL CHECK (granted_ms >= 0),
  elapsed_ms INTEGER NOT NULL DEFAULT 0,
  running_since INTEGER,
  is_started INTEGER NOT NULL DEFAULT 0 CHECK (is_started IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE subathon_gift (
  donation_id TEXT PRIMARY KEY REFERENCES donation (id),
  channel_id TEXT NOT NULL REFERENCES channel (id),
  run INTEGER NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Only while some time is left: a subathon that is over stays over.
CREATE TRIGGER donation_gives_time AFTER INSERT ON donation
WHEN EXISTS (SELECT 1 FROM subathon WHERE channel_id = NEW.channel_id AND is_started = 1
  AND granted_ms - elapsed_ms - MAX(0, COALESCE(NEW.created_at - running_since, 0)) > 0)
BEGIN
  INSERT INTO subathon_gift (donation_id, channel_id, run, added_ms)
  SELECT NEW.id, NEW.channel_id, subathon.run, MAX(0, MIN(
    NEW.amount * (widget.settings ->> '$.unitMs') / (widget.settings ->> '$.unitRupiah'),
    (widget.settings ->> '$.capMs') - subathon.granted_ms))
  FROM subathon JOIN widget ON widget.channel_id = subathon.channel_id AND widget.kind = 'timer'
  WHERE subathon.channel_id = NEW.channel_id;
  UPDATE subathon SET granted_ms = granted_ms
    + COALESCE((SELECT added_ms FROM subathon_gift WHERE donation_id = NEW.id), 0)
  WHERE channel_id = NEW.channel_id;
END;

CREATE TABLE poll (
  channel_id TEXT PRIMARY KEY REFERENCES channel (id),
  -- A new one for each vote: ballots of an earlier one do not count.
  id TEXT NOT NULL,
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE TABLE ballot (
  donation_id TEXT PRIMARY KEY REFERENCES donation (id),
  poll_id TEXT NOT NULL,
  option INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ballot_poll ON ballot (poll_id, option);
-- A word by itself, and the first of several. Keywords hold nothing that GLOB knows (contracts/widgets).
CREATE TRIGGER donation_votes AFTER INSERT ON donation
WHEN NEW.message IS NOT NULL
  AND EXISTS (SELECT 1 FROM poll WHERE channel_id = NEW.channel_id AND is_open = 1)
BEGIN
  INSERT INTO ballot (donation_id, poll_id, option)
  SELECT NEW.id, poll.id, choice.key
  FROM poll JOIN widget ON widget.channel_id = poll.channel_id AND widget.kind = 'vote'
  JOIN json_each(widget.settings, '$.options') AS choice
  WHERE poll.channel_id = NEW.channel_id AND widget.settings ->> '$.byKeyword'
    AND NEW.amount >= widget.settings ->> '$.minimumRupiah' AND choice.value ->> '$.keyword' <> ''
    AND ' ' || lower(NEW.message) || ' '
      GLOB '*[^a-z0-9]' || (choice.value ->> '$.keyword') || '[^a-z0-9]*'
  ORDER BY instr(lower(NEW.message), choice.value ->> '$.keyword') LIMIT 1;
END;

CREATE TRIGGER donation_is_uncounted AFTER INSERT ON uncounted_donation
BEGIN
  UPDATE subathon SET granted_ms = MAX(0, granted_ms - COALESCE((SELECT added_ms FROM subathon_gift
    WHERE donation_id = NEW.donation_id AND run = subathon.run), 0))
  WHERE channel_id = (SELECT channel_id FROM donation WHERE id = NEW.donation_id);
  INSERT INTO outbox (channel_id, audience, type, payload, created_at)
  SELECT channel_id, 'both', 'widgets_changed', json_object('type', 'widgets_changed'), unixepoch() * 1000
  FROM donation WHERE id = NEW.donation_id;
END;
`
