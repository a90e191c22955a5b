-- The scores of some unit-days as they stand, by their place among those asked for. Index: unit_periods_pkey: the look-up is fenced (OFFSET 0),
-- for joined freely the whole table would be read, with every some thousand unit-days that are asked for.
SELECT asked.place::integer AS place, period.scores::text AS scores
FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[], $5::numeric[]) WITH ORDINALITY
  AS asked (epoch_id, unit, day, stratum, eligible, place)
CROSS JOIN LATERAL (
  SELECT stored.scores
  FROM unit_periods AS stored
  WHERE stored.epoch_id = asked.epoch_id AND stored.unit = decode(asked.unit, 'hex') AND stored.day = asked.day
    AND stored.stratum = asked.stratum AND stored.eligible = asked.eligible
  OFFSET 0
) AS period
