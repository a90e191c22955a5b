-- The cells of some days of a bandit's epoch, by arm and hour (since 1970). Index: bandit_buckets_pkey.
SELECT cell.arm_id, floor(extract(epoch FROM cell.bucket) / 3600)::integer AS hour, cell.n, cell.a, cell.b, cell.c
FROM bandit_buckets AS cell
WHERE cell.epoch_id = $1::integer AND cell.stratum = 'bandit' AND cell.features = $2::smallint
  AND floor(extract(epoch FROM cell.bucket) / 86400)::integer = ANY ($3::integer[])
ORDER BY cell.arm_id, cell.bucket
