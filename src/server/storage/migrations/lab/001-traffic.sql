-- What lists and filters read: narrow, so that a scan of 100,000 rows stays small.
CREATE TABLE exchanges (
  seq            INTEGER PRIMARY KEY,
  id             TEXT    NOT NULL,
  started_at     REAL    NOT NULL,
  lab_time       REAL    NOT NULL,
  client         TEXT,
  client_name    TEXT,
  node           TEXT,
  method         TEXT    NOT NULL,
  path           TEXT    NOT NULL,
  status         INTEGER NOT NULL,
  mechanism      TEXT    NOT NULL,
  verdict        TEXT    NOT NULL,
  duration_ms    REAL    NOT NULL,
  request_bytes  INTEGER NOT NULL,
  response_bytes INTEGER NOT NULL
) STRICT;

-- Heads, bodies and steps of the exchange with the same seq. Headers are a JSON array: name, value, name, value ...
CREATE TABLE exchange_messages (
  seq                 INTEGER PRIMARY KEY,
  request_headers     TEXT    NOT NULL,
  request_body        BLOB    NOT NULL,
  request_body_bytes  INTEGER NOT NULL,
  response_headers    TEXT    NOT NULL,
  response_body       BLOB    NOT NULL,
  response_body_bytes INTEGER NOT NULL,
  steps               TEXT    NOT NULL
) STRICT;

-- What the operator or the lab did, as rows between the exchanges.
CREATE TABLE actions (
  ordinal        INTEGER PRIMARY KEY,
  id             TEXT    NOT NULL,
  after_exchange INTEGER NOT NULL,
  at             REAL    NOT NULL,
  lab_time       REAL    NOT NULL,
  action         TEXT    NOT NULL,
  params         TEXT    NOT NULL
) STRICT;

-- Small values that outlive a restart, as JSON.
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
