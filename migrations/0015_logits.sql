-- What logistic bandits learn from: counts of decisions by what was known of the request. All of it can be recounted from the log. Expands only.

-- Decisions of the bandit stratum in an hour, by x in units of 1/8 (bandits/coarse-features): how many, and by slot how many of them brought
-- something. Only of epochs that serve by the logistic model.
CREATE TABLE logit_cells (
  epoch_id integer     NOT NULL,
  bucket   timestamptz NOT NULL,
  arm_id   integer     NOT NULL,
  x        smallint[]  NOT NULL,
  n        bigint      NOT NULL,
  hits     numeric[]   NOT NULL,
  PRIMARY KEY (epoch_id, bucket, arm_id, x)
);
