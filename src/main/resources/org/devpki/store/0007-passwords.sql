-- Passwords of devices, as hashes in Mosquitto's form. A prepared one counts once it was delivered, and then is hash.
CREATE TABLE device_password (
    name TEXT PRIMARY KEY,
    hash TEXT,
    since INTEGER,
    prepared TEXT,
    revoked_at INTEGER
);
