-- What a factory ordered together. A row is known by its batch and its own ID. content_hash tells whether it is still the
-- same order. serial is what came of it, fault is why nothing did when it was tried last.
CREATE TABLE batch (
    id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    begun_at INTEGER NOT NULL
);

CREATE TABLE batch_row (
    batch TEXT NOT NULL REFERENCES batch (id),
    row_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    serial BLOB,
    fault TEXT,
    PRIMARY KEY (batch, row_id)
);

CREATE UNIQUE INDEX batch_row_by_position ON batch_row (batch, position);
