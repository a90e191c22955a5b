-- The cells of some days of what a bandit's epoch learns from ($1, $4: epochs and their arms), by arm and hour (since 1970). Index: bandit_buckets_pkey.
SELECT cell.arm_id, floor(extract(epoch FROM cell.bucket) / 3600)::integer AS hour, cell.n, cell.a, cell.b, cell.c
FROM unnest($1::integer[], $4::text[]) AS source (epoch_id, arms)
JOIN bandit_buckets AS cell ON cell.epoch_id = source.epoch_id AND (source.arms IS NULL OR cell.arm_id = ANY (source.arms::integer[]))
WHERE cell.stratum = 'bandit' AND cell.features = $2::smallint
  AND floor(extract(epoch FROM cell.bucket) / 86400)::integer = ANY ($3::integer[])
ORDER BY cell.arm_id, cell.bucket, cell.epoch_id
