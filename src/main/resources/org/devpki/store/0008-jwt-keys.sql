-- Keys that sign access tokens. Their private halves are where key_uri says, id is the JWK thumbprint, and last_expiry is when
-- the last token ends that one has signed.
CREATE TABLE jwt_key (
    id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    key_uri TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    used_from INTEGER NOT NULL,
    last_expiry INTEGER,
    retired_at INTEGER
);
