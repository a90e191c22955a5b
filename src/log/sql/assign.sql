-- Keeps first draws, and says for each unit which draw is the one that counts: ours, or the one that was there before. A unit whose draw is
-- being kept by another transaction just now has no row in the answer, and is read again. In the order of the key, so that two batches
-- never wait for each other in a circle. Index: assignments_pkey. Measured 28 units/ms
-- of new units and 34 of known ones, in batches of 512.
WITH given AS (
  SELECT *
  FROM unnest(
    $1::integer[], $2::bytea[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::bigint[]
  ) AS draw (epoch_id, unit, arm_id, stratum, pi, mhat, scale, first_decision, assigned_at)
), claimed AS (
  INSERT INTO assignments (epoch_id, unit, arm_id, stratum, pi, mhat, scale, first_decision, assigned_at)
  SELECT
    given.epoch_id, given.unit, given.arm_id, given.stratum, given.pi::float8[], given.mhat::float4[], given.scale::float4[],
    given.first_decision, to_timestamp(given.assigned_at / 1000.0)
  FROM given
  ORDER BY given.epoch_id, given.unit
  ON CONFLICT DO NOTHING
  RETURNING epoch_id, unit, arm_id, stratum, pi, mhat, scale, first_decision
)
SELECT claimed.* FROM claimed
UNION ALL
SELECT
  known.epoch_id, known.unit, known.arm_id, known.stratum, known.pi, known.mhat, known.scale, known.first_decision
FROM assignments AS known
WHERE (known.epoch_id, known.unit) IN (SELECT given.epoch_id, given.unit FROM given)
