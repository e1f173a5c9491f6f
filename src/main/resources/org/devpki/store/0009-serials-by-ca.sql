-- A serial is its CA's own: two CAs that came from other programs may both have numbered from 1. The table is made anew, for
-- the serial alone was unique in it. The constraint begins with the serial, as people look for one without its CA.
ALTER TABLE batch_row ADD COLUMN ca TEXT;

UPDATE batch_row
SET ca = (SELECT certificate.ca FROM certificate WHERE certificate.serial = batch_row.serial)
WHERE serial IS NOT NULL;

CREATE TABLE certificate_of_ca (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ca TEXT NOT NULL,
    serial BLOB NOT NULL,
    name TEXT NOT NULL,
    profile TEXT NOT NULL,
    profile_hash BLOB NOT NULL,
    order_hash BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    tbs_hash BLOB NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    shard INTEGER NOT NULL DEFAULT 0,
    batch TEXT,
    key_made_here INTEGER NOT NULL CHECK (key_made_here IN (0, 1)),
    token TEXT,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued', 'refused')),
    reserved_at INTEGER NOT NULL,
    der BLOB,
    delivered_at INTEGER,
    flashed TEXT,
    life TEXT,
    life_at INTEGER,
    key_exports INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER,
    reason INTEGER,
    invalid_at INTEGER,
    status_sequence INTEGER,
    UNIQUE (serial, ca),
    CHECK ((state = 'issued') = (der IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
);

INSERT INTO certificate_of_ca (id, ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash, not_before,
    not_after, shard, batch, key_made_here, token, state, reserved_at, der, delivered_at, flashed, life, life_at, key_exports,
    revoked_at, reason, invalid_at, status_sequence)
SELECT id, ca, serial, name, profile, profile_hash, order_hash, key_hash, tbs_hash, not_before, not_after, shard, batch,
    key_made_here, token, state, reserved_at, der, delivered_at, flashed, life, life_at, key_exports, revoked_at, reason,
    invalid_at, status_sequence
FROM certificate
ORDER BY id;

DROP TABLE certificate;

ALTER TABLE certificate_of_ca RENAME TO certificate;

CREATE INDEX certificate_by_name ON certificate (name);

CREATE INDEX certificate_unfinished ON certificate (id) WHERE delivered_at IS NULL AND revoked_at IS NULL;

CREATE INDEX certificate_revoked
ON certificate (ca, serial, not_after, revoked_at, reason, invalid_at, state)
WHERE revoked_at IS NOT NULL;

CREATE INDEX certificate_revoked_by_shard
ON certificate (ca, shard, serial, not_after, revoked_at, reason, invalid_at, state)
WHERE revoked_at IS NOT NULL;

CREATE INDEX certificate_live
ON certificate (ca, shard, not_after)
WHERE revoked_at IS NULL AND state = 'issued';

CREATE INDEX certificate_status
ON certificate (ca, status_sequence, shard)
WHERE status_sequence IS NOT NULL;

CREATE INDEX certificate_by_expiry ON certificate (not_after, ca);

CREATE INDEX certificate_by_batch
ON certificate (batch, id)
WHERE batch IS NOT NULL;

CREATE INDEX certificate_by_key ON certificate (key_hash);
