/** When the rules that delete videos were last looked at, so that a clock that jumps deletes nothing early. */
export const sql = /* sql */ `
-- One row, and only while a video is announced.
CREATE TABLE video_rule_look (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Unix ms.
  looked_at INTEGER NOT NULL
) STRICT;
`
