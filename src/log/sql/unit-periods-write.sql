-- Writes the scores of some unit-days as they are now. Index: unit_periods_pkey.
INSERT INTO unit_periods AS period (epoch_id, unit, day, stratum, eligible, scores)
SELECT g.epoch_id, decode(g.unit, 'hex'), g.day, g.stratum, g.eligible, g.scores::numeric[]
FROM unnest($1::integer[], $2::text[], $3::integer[], $4::text[], $5::numeric[], $6::text[])
  AS g (epoch_id, unit, day, stratum, eligible, scores)
ON CONFLICT (epoch_id, unit, day, stratum, eligible) DO UPDATE SET scores = EXCLUDED.scores
