-- Who takes a CA's orders over and when, and since when it issues nothing.
ALTER TABLE ca ADD COLUMN successor TEXT;
ALTER TABLE ca ADD COLUMN succeeded_from INTEGER;
ALTER TABLE ca ADD COLUMN retired_at INTEGER;
