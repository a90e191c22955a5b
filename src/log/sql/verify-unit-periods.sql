-- The stored scores of units, named as verify-scores names them.
SELECT
  concat_ws(' ', period.epoch_id, period.day, period.stratum, period.eligible) AS cell,
  period.unit::text AS unit,
  period.scores::text AS scores
FROM unit_periods AS period
