-- What headquarters lets a factory issue. signed is the token's file, used how many certificates name it as their token:
-- those that were refused, or superseded by their own successor, name none.
CREATE TABLE line_token (
    id TEXT PRIMARY KEY,
    ca TEXT NOT NULL,
    devices INTEGER NOT NULL,
    name TEXT NOT NULL,
    profiles TEXT NOT NULL,
    batch TEXT,
    until INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0 AND used <= devices),
    signed BLOB NOT NULL
);

ALTER TABLE certificate ADD COLUMN token TEXT;
