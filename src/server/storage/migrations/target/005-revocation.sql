-- Access tokens that ended before their exp. `key` is `jti:` or `sid:` and the claim's value; the issuer is always this one, which is checked
-- before. Times are lab time, Unix milliseconds: `expires_at` is the last exp of a token that the row can concern.
CREATE TABLE denied_tokens (
  key        TEXT    PRIMARY KEY,
  account    TEXT    NOT NULL,
  added_at   INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows are written once and never moved, so that this index costs no look-up anything.
CREATE INDEX denied_tokens_by_end ON denied_tokens (expires_at);

-- What ends all tokens of an account at once: those issued at or before a moment, or those with a smaller version.
CREATE TABLE account_marks (
  account    TEXT    PRIMARY KEY,
  not_before INTEGER,
  version    INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Null until the password is changed.
ALTER TABLE accounts ADD COLUMN password_changed_at INTEGER;
