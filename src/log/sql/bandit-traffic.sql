-- Decisions of an epoch's bandit stratum by arm in the hour and in the day before $2. Index: exposures_pkey.
SELECT
  exposure.arm_id,
  count(*) FILTER (WHERE exposure.decided_at >= $2::timestamptz - interval '1 hour')::integer AS hour,
  count(*)::integer AS day
FROM exposures AS exposure
WHERE exposure.epoch_id = $1::integer AND exposure.stratum = 'bandit'
  AND exposure.decided_at >= $2::timestamptz - interval '1 day' AND exposure.decided_at < $2::timestamptz
GROUP BY exposure.arm_id
