-- All times are lab time, Unix milliseconds. A family begins at a login and is bound to what was granted then (RFC 6749 §6): account, client
-- and scope. Its id is the hash of its first token, `key` the first 63 bits of that. Rotation writes nothing here.
CREATE TABLE refresh_families (
  key                 INTEGER PRIMARY KEY,
  id                  TEXT    NOT NULL CHECK (length(id) = 64),
  account             TEXT    NOT NULL,
  -- Null when the client did not say who it is.
  client_id           TEXT,
  scope               TEXT    NOT NULL,
  device              TEXT,
  created_at          INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL,
  revoked_at          INTEGER,
  revoked_reason      TEXT CHECK ((revoked_reason IS NULL) = (revoked_at IS NULL))
) STRICT;

CREATE INDEX refresh_families_in_force ON refresh_families (account) WHERE revoked_at IS NULL;
CREATE INDEX refresh_families_by_end ON refresh_families (absolute_expires_at);

-- The raw token is never here: `hash` is its SHA-256 in hexadecimal, `key` the first 63 bits of that. A used token stays as long as its family:
-- else its reuse could not be told from a token that never was.
CREATE TABLE refresh_tokens (
  key             INTEGER PRIMARY KEY,
  hash            TEXT    NOT NULL CHECK (length(hash) = 64),
  family          INTEGER NOT NULL,
  -- `hash` of the token that was given for it; null for the first.
  parent          TEXT,
  issued_at       INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  used_at         INTEGER,
  -- When it was presented again and the family was revoked for it.
  reused_at       INTEGER
) STRICT;

CREATE INDEX refresh_tokens_of_family ON refresh_tokens (family);
