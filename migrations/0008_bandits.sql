-- Moments at decision grain: what a bandit learns from. All of it can be recounted from the log (croupier verify). Expands only.

-- Which epochs are folded at decision grain, and which exposures: those whose arm was drawn, here or for the unit's stay.
CREATE FUNCTION is_bandit(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(settings #>> '{allocation,kind}' = 'thompson', false);

CREATE FUNCTION is_learned_from(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN kind IN ('drawn', 'assigned');

-- A fold without a bandit finds that out without reading a single epoch.
CREATE INDEX epochs_bandits ON epochs (id) WHERE is_bandit(settings);

-- Sums over the decisions of an hour: n, a = Σ xᵢxⱼ and c = Σ yᵢyⱼ for j ≥ i (upper triangles row by row), b = Σ xᵢyⱼ row by row; x in units
-- of 1/1024, y in whole numbers. Vectors of different length are never added: a release that lengthens x opens cells of its own.
CREATE TABLE bandit_buckets (
  epoch_id integer     NOT NULL,
  arm_id   integer     NOT NULL,
  stratum  text        NOT NULL,
  bucket   timestamptz NOT NULL,
  features smallint    NOT NULL,
  n        bigint      NOT NULL,
  a        numeric[]   NOT NULL,
  b        numeric[]   NOT NULL,
  c        numeric[]   NOT NULL,
  PRIMARY KEY (epoch_id, arm_id, stratum, bucket, features)
);

-- The decision grain has a watermark of its own, moved in the same transaction: a node of the release before moves only the fold's. Until
-- when the outcomes below it were received: later decisions have no outcome that waited for them.
ALTER TABLE watermarks ADD COLUMN told_until timestamptz;

-- What the serving model expected of every arm, and how far off it thought it could be; null when no model served.
ALTER TABLE exposures ADD COLUMN mhat float4[];
ALTER TABLE exposures ADD COLUMN scale float4[];
