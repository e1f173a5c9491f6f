-- Times are milliseconds since 1970, serials are unsigned big-endian octets without leading zeros.
CREATE TABLE note (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE ca (
    name TEXT PRIMARY KEY,
    parent TEXT REFERENCES ca (name),
    serial BLOB NOT NULL,
    key_uri TEXT NOT NULL,
    added_at INTEGER NOT NULL
);

CREATE TABLE certificate (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ca TEXT NOT NULL,
    serial BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    profile TEXT NOT NULL,
    profile_hash BLOB NOT NULL,
    order_hash BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    tbs_hash BLOB NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    key_made_here INTEGER NOT NULL CHECK (key_made_here IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('reserved', 'issued', 'refused')),
    reserved_at INTEGER NOT NULL,
    der BLOB,
    delivered_at INTEGER,
    revoked_at INTEGER,
    reason INTEGER,
    CHECK ((state = 'issued') = (der IS NOT NULL)),
    CHECK ((revoked_at IS NULL) = (reason IS NULL))
);

CREATE INDEX certificate_by_name ON certificate (name);
CREATE INDEX certificate_by_expiry ON certificate (not_after);
CREATE INDEX certificate_revoked ON certificate (ca, not_after) WHERE revoked_at IS NOT NULL;
CREATE INDEX certificate_unfinished ON certificate (id) WHERE delivered_at IS NULL AND revoked_at IS NULL;

CREATE TABLE crl (
    ca TEXT NOT NULL REFERENCES ca (name),
    number INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    taken_sequence INTEGER NOT NULL,
    sha256 BLOB,
    shelf TEXT,
    announced_at INTEGER,
    PRIMARY KEY (ca, number)
);

CREATE TABLE revocation_change (
    ca TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
);
