-- The cells of some days of a bandit's epoch, those of an arm and day beside each other. Index: bandit_buckets_pkey.
SELECT cell.arm_id, floor(extract(epoch FROM cell.bucket) / 86400)::integer AS day, cell.n, cell.a, cell.b, cell.c
FROM bandit_buckets AS cell
WHERE cell.epoch_id = $1::integer AND cell.stratum = 'bandit' AND cell.features = $2::smallint
  AND floor(extract(epoch FROM cell.bucket) / 86400)::integer = ANY ($3::integer[])
ORDER BY cell.arm_id, day
