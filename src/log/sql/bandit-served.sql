-- What served last in an epoch: of the newest decisions' snapshots the latest that is kept, with what it knew. A snapshot is kept within a second,
-- so among two thousand decisions there is one. Indexes: exposures_pkey, backwards; snapshots_pkey.
WITH newest AS MATERIALIZED (
  SELECT exposure.snapshot_id, exposure.decided_at
  FROM exposures AS exposure
  WHERE exposure.epoch_id = $1::integer
    AND exposure.decided_at >= (SELECT epoch.started_at - interval '1 minute' FROM epochs AS epoch WHERE epoch.id = $1::integer)
  ORDER BY exposure.decided_at DESC
  LIMIT 2000
), served AS (
  SELECT newest.snapshot_id, max(newest.decided_at) AS served_at FROM newest GROUP BY newest.snapshot_id
)
SELECT
  snapshot.id, served.served_at,
  jsonb_path_query_first(snapshot.body, '$.beliefs[*] ? (@.epochId == $epoch)', jsonb_build_object('epoch', $1::integer)) AS belief
FROM served
JOIN snapshots AS snapshot ON snapshot.id = served.snapshot_id
ORDER BY served.served_at DESC
LIMIT 1
