-- How often the session has been saved: two saves made from one version are a lost update. A touch does not count.
ALTER TABLE sessions ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
