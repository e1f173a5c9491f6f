-- A certificate's shard stands in its CRL distribution point, 0 where it has none. status_sequence is the audit entry
-- of its last revocation or release. Revoked certificates are read in the order of their serials from an index alone.
-- flashed is what a device's files were made for: chip=esp32c3 home=ds key=1 flavour=tlv.
ALTER TABLE certificate ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;

ALTER TABLE certificate ADD COLUMN batch TEXT;

ALTER TABLE certificate ADD COLUMN invalid_at INTEGER;

ALTER TABLE certificate ADD COLUMN status_sequence INTEGER;

ALTER TABLE certificate ADD COLUMN flashed TEXT;

UPDATE certificate
SET status_sequence = (SELECT sequence FROM revocation_change WHERE revocation_change.ca = certificate.ca)
WHERE revoked_at IS NOT NULL
    OR id IN (SELECT max(id) FROM certificate GROUP BY ca);

DROP TABLE revocation_change;

DROP INDEX certificate_revoked;

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

DROP INDEX certificate_by_expiry;

CREATE INDEX certificate_by_expiry ON certificate (not_after, ca);

CREATE INDEX certificate_by_batch
ON certificate (batch, id)
WHERE batch IS NOT NULL;

ALTER TABLE crl ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;

ALTER TABLE crl ADD COLUMN is_delta INTEGER NOT NULL DEFAULT 0 CHECK (is_delta IN (0, 1));

CREATE INDEX crl_by_name ON crl (ca, shard, is_delta, number);
