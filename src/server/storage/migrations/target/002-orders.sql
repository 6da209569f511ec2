CREATE TABLE orders (
  id           INTEGER PRIMARY KEY,
  account      TEXT    NOT NULL,
  item         TEXT    NOT NULL,
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0)
) STRICT;

CREATE INDEX orders_by_account ON orders (account);

-- Lab time, Unix milliseconds.
CREATE TABLE transfers (
  id             INTEGER PRIMARY KEY,
  account        TEXT    NOT NULL,
  recipient      TEXT    NOT NULL,
  amount_cents   INTEGER NOT NULL CHECK (amount_cents > 0),
  transferred_at INTEGER NOT NULL
) STRICT;
