-- What the lab has seen of credentials: access tokens that were issued (kind `token`) and revocations with their stopwatches (kind `revocation`).
-- A record is a JSON object; what is asked of it is asked in memory.
CREATE TABLE credential_records (
  kind    TEXT    NOT NULL,
  ordinal INTEGER NOT NULL,
  record  TEXT    NOT NULL,
  PRIMARY KEY (kind, ordinal)
) STRICT, WITHOUT ROWID;
