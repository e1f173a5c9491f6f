-- life is where a device is once its files were delivered: flashed, verified, shipped, in-field, retired. key_exports is
-- how often its private key left devpki. An alarm is for somebody to look at, who closes it and says why.
ALTER TABLE certificate ADD COLUMN life TEXT;

ALTER TABLE certificate ADD COLUMN life_at INTEGER;

ALTER TABLE certificate ADD COLUMN key_exports INTEGER NOT NULL DEFAULT 0;

UPDATE certificate SET key_exports = 1 WHERE key_made_here = 1 AND delivered_at IS NOT NULL;

CREATE INDEX certificate_by_key ON certificate (key_hash);

CREATE TABLE alarm (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    closed_at INTEGER,
    closed_why TEXT
);

CREATE INDEX alarm_open ON alarm (id) WHERE closed_at IS NULL;
