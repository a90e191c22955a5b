-- Honest uplift from bandit traffic: scores of every unit's day, and their sums. All of it can be recounted from the log (croupier verify).

-- The scores of a unit's draws of a day (since 1970, UTC), in whole units of 2^-20: of every arm its slots, then what really came by slot,
-- then the number of draws. eligible has a bit for every arm that could be drawn.
CREATE TABLE unit_periods (
  epoch_id integer   NOT NULL,
  unit     bytea     NOT NULL,
  day      integer   NOT NULL,
  stratum  text      NOT NULL,
  eligible numeric   NOT NULL,
  scores   numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, unit, day, stratum, eligible)
);

-- Sums over the unit-days: of their scores, and of products of scores for j >= i (upper triangle row by row). Of the draws: how many by
-- arm, Σπ and Σ(diag π − ππᵀ) (triangle) in units of 2^-30, Σ1/π in units of 2^-20. Of the drawn arm alone, with w = 2^20/π:
-- Σw, Σw², Σy by slot, Σyyᵀ (triangle), Σwy, Σwyyᵀ.
CREATE TABLE aipw_cells (
  epoch_id         integer   NOT NULL,
  day              integer   NOT NULL,
  stratum          text      NOT NULL,
  eligible         numeric   NOT NULL,
  units            bigint    NOT NULL,
  sums             numeric[] NOT NULL,
  products         numeric[] NOT NULL,
  counts           numeric[] NOT NULL,
  expected         numeric[] NOT NULL,
  covariance       numeric[] NOT NULL,
  inverse          numeric[] NOT NULL,
  weights          numeric[] NOT NULL,
  squared_weights  numeric[] NOT NULL,
  outcomes         numeric[] NOT NULL,
  outcome_squares  numeric[] NOT NULL,
  weighted         numeric[] NOT NULL,
  weighted_squares numeric[] NOT NULL,
  PRIMARY KEY (epoch_id, day, stratum, eligible)
);

-- What was folded before has no scores: the decision grain is folded anew from its first epoch on.
DELETE FROM bandit_buckets;
DELETE FROM delay_cells;
DELETE FROM watermarks WHERE name = 'decisions';
