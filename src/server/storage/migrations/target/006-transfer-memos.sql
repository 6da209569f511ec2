-- What the sender wrote to the recipient: any text.
ALTER TABLE transfers ADD COLUMN memo TEXT NOT NULL DEFAULT '';

CREATE INDEX transfers_by_recipient ON transfers (recipient);
