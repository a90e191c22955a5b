-- The cells of a bandit's epoch, those that make one bucket beside each other. Index: bandit_buckets_pkey.
SELECT cell.arm_id, cell.stratum, place.bucket, place.is_hour, cell.features, outcome.outcomes, cell.n, cell.a, cell.b, cell.c
FROM bandit_buckets AS cell
CROSS JOIN LATERAL (SELECT cell.bucket >= date_trunc('day', $2::timestamptz, 'UTC') - interval '1 day' AS is_hour) AS age
CROSS JOIN LATERAL (
  SELECT age.is_hour, CASE WHEN age.is_hour THEN cell.bucket ELSE date_trunc('day', cell.bucket, 'UTC') END AS bucket
) AS place
CROSS JOIN (
  SELECT count(*)::integer AS outcomes
  FROM epoch_slots AS slot
  WHERE slot.epoch_id = $1::integer AND slot.past_span IS NULL
) AS outcome
WHERE cell.epoch_id = $1::integer
ORDER BY cell.arm_id, cell.stratum, cell.features, place.bucket
