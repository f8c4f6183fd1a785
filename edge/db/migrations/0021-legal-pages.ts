/** Terms, privacy and refunds as admins wrote them: every version stays. */
export const sql = /* sql */ `
CREATE TABLE legal_page (
  name TEXT NOT NULL CHECK (name IN ('terms', 'privacy', 'refunds')),
  language TEXT NOT NULL CHECK (language IN ('id', 'en')),
  version INTEGER NOT NULL CHECK (version > 0),
  body TEXT NOT NULL,
  updated_by TEXT NOT NULL REFERENCES admin (id),
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (name, language, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER legal_page_stays BEFORE UPDATE ON legal_page BEGIN SELECT RAISE(ABORT, 'LEGAL_PAGE_FIXED'); END;
CREATE TRIGGER legal_page_no_delete BEFORE DELETE ON legal_page BEGIN SELECT RAISE(ABORT, 'LEGAL_PAGE_FIXED'); END;
CREATE TRIGGER legal_page_in_order BEFORE INSERT ON legal_page
WHEN NEW.version <> 1 + (SELECT COALESCE(MAX(version), 0) FROM legal_page
  WHERE name = NEW.name AND language = NEW.language)
BEGIN SELECT RAISE(ABORT, 'LEGAL_PAGE_CHANGED'); END;
`
