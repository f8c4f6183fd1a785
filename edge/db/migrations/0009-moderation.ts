/** What donors may say on screen, and what becomes of the rest. */
export const sql = /* sql */ `
-- JSON of ModerationRules (contracts/moderation); what is missing has its default.
ALTER TABLE channel ADD COLUMN moderation TEXT NOT NULL DEFAULT '{}';

-- JSON list of why it had to wait for somebody in the studio; NULL when nothing was found.
ALTER TABLE alert ADD COLUMN held_for TEXT;
-- With every word covered that a rule knows, for whoever shows it that way.
ALTER TABLE alert ADD COLUMN masked_name TEXT;
ALTER TABLE alert ADD COLUMN masked_message TEXT;

-- Name and message as screens may show them: covered until a held alert is let go, and for good when it is dropped.
-- Lists for the streamer have what was sent.
ALTER TABLE donation ADD COLUMN shown_name TEXT;
ALTER TABLE donation ADD COLUMN shown_message TEXT;
UPDATE donation SET shown_name = sender_name, shown_message = message;
`
