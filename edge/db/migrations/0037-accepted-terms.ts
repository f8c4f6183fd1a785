/** Which terms a member has agreed to: those of the moment they registered, and the newer ones they have said yes to. */
const version = (language: string): string =>
  `(SELECT COALESCE(MAX(version), 0) FROM legal_page WHERE name = 'terms' AND language = '${language}')`

export const sql = /* sql */ `
CREATE TABLE terms_acceptance (
  member_id TEXT NOT NULL REFERENCES member (id),
  -- 0: the text that comes with the product.
  version_id INTEGER NOT NULL,
  version_en INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  PRIMARY KEY (member_id, version_id, version_en)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER terms_acceptance_stays BEFORE UPDATE ON terms_acceptance
BEGIN SELECT RAISE(ABORT, 'TERMS_ACCEPTANCE_FIXED'); END;
CREATE TRIGGER terms_acceptance_no_delete BEFORE DELETE ON terms_acceptance
BEGIN SELECT RAISE(ABORT, 'TERMS_ACCEPTANCE_FIXED'); END;
-- Nobody agrees to what is not there, or not any more.
CREATE TRIGGER terms_acceptance_of_current BEFORE INSERT ON terms_acceptance
WHEN NEW.version_id <> ${version('id')} OR NEW.version_en <> ${version('en')}
BEGIN SELECT RAISE(ABORT, 'TERMS_CHANGED'); END;
CREATE TRIGGER member_accepts_terms AFTER INSERT ON member
BEGIN
  INSERT INTO terms_acceptance (member_id, version_id, version_en, accepted_at)
    VALUES (NEW.id, ${version('id')}, ${version('en')}, NEW.registered_at);
END;
`
