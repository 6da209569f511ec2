CREATE TABLE accounts (
  name          TEXT    PRIMARY KEY,
  password_hash TEXT    NOT NULL,
  role          TEXT    NOT NULL CHECK (role IN ('admin', 'user')),
  scopes        TEXT    NOT NULL,
  is_disabled   INTEGER NOT NULL DEFAULT 0 CHECK (is_disabled IN (0, 1))
) STRICT, WITHOUT ROWID;

-- All times are lab time, Unix milliseconds. The raw session id is never here: `hash` is its SHA-256 in hexadecimal (faster to
-- bind and to read than octets) and `key` the first 63 bits of that, so that a
-- lookup is one walk down one tree. Every statement compares `hash` too. There is no index on expiry: it would be rewritten by every touch.
CREATE TABLE sessions (
  key                 INTEGER PRIMARY KEY,
  hash                TEXT    NOT NULL CHECK (length(hash) = 64),
  account             TEXT,
  created_at          INTEGER NOT NULL,
  last_seen_at        INTEGER NOT NULL,
  idle_expires_at     INTEGER NOT NULL,
  absolute_expires_at INTEGER NOT NULL,
  -- When the operator let it expire; null otherwise. Without it a touch that was still on its way would move idle_expires_at on again.
  expired_at          INTEGER,
  node                TEXT,
  device              TEXT,
  data                TEXT    NOT NULL
) STRICT;

-- The index on the account, kept by hand: a purge of many sessions would rewrite a page of a real index for almost every row, because
-- neighbours by key belong to different accounts. Here it may leave entries behind and removes them in the order of this table. An entry whose
-- session is gone, or is another account's, means nothing.
CREATE TABLE account_sessions (
  account TEXT    NOT NULL,
  key     INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER session_of_account AFTER INSERT ON sessions WHEN NEW.account IS NOT NULL BEGIN
  INSERT OR IGNORE INTO account_sessions VALUES (NEW.account, NEW.key);
END;

CREATE TRIGGER session_changes_account AFTER UPDATE OF account ON sessions WHEN NEW.account IS NOT OLD.account BEGIN
  DELETE FROM account_sessions WHERE account = OLD.account AND key = OLD.key;
  INSERT OR IGNORE INTO account_sessions SELECT NEW.account, NEW.key WHERE NEW.account IS NOT NULL;
END;

-- Tombstones: a save that arrives after the session was ended, on whichever node, must not bring it back. Real time, because they have to
-- outlive requests in flight, not lab days.
CREATE TABLE ended_sessions (
  key      INTEGER PRIMARY KEY,
  hash     TEXT    NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;

CREATE TABLE login_throttle (
  key      TEXT    PRIMARY KEY,
  count    INTEGER NOT NULL,
  reset_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
