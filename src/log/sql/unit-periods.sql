-- The scores of some unit-days as they stand, by the name that the fold gives them. Index: unit_periods_pkey.
SELECT
  concat_ws(' ', period.epoch_id, period.day, period.stratum, period.eligible, period.unit) AS name,
  period.scores::text AS scores
FROM unnest($1::integer[], $2::bytea[], $3::integer[], $4::text[], $5::numeric[]) AS asked (epoch_id, unit, day, stratum, eligible)
JOIN unit_periods AS period
  ON period.epoch_id = asked.epoch_id AND period.unit = asked.unit AND period.day = asked.day
    AND period.stratum = asked.stratum AND period.eligible = asked.eligible
