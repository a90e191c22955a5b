-- How long outcomes take to come, so that young decisions are not taken for failures. All of it can be recounted from the log. Expands only.

-- Decisions of a bandit's bucket, by slot and by the delay of the first outcome that counts for it; returns never count. Bins are those of
-- bandits/delay-bins. Decisions without an outcome are in the bucket's n and in no row here; a count that came back to 0 may stay as a row.
CREATE TABLE delay_cells (
  epoch_id  integer     NOT NULL,
  arm_id    integer     NOT NULL,
  stratum   text        NOT NULL,
  bucket    timestamptz NOT NULL,
  features  smallint    NOT NULL,
  slot      smallint    NOT NULL,
  delay_bin smallint    NOT NULL,
  count     bigint      NOT NULL,
  PRIMARY KEY (epoch_id, bucket, arm_id, stratum, features, slot, delay_bin)
);

-- The latest decision below the watermark of the decision grain; with told_until it says how old a decision is, without asking a clock.
ALTER TABLE watermarks ADD COLUMN decided_until timestamptz;

-- What was folded before has no delays yet: the next fold does the decision grain again from the first bandit's epoch on.
DELETE FROM bandit_buckets;
DELETE FROM watermarks WHERE name = 'decisions';
