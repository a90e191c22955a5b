-- What some snapshots kept of one epoch: its allocation as it stood, and what its bandit knew. Index: snapshots_pkey.
SELECT
  snapshot.id,
  jsonb_path_query_first(snapshot.body, '$.running[*] ? (@.epochId == $epoch)', jsonb_build_object('epoch', $2::integer)) -> 'allocation'
    AS allocation,
  jsonb_path_query_first(snapshot.body, '$.beliefs[*] ? (@.epochId == $epoch)', jsonb_build_object('epoch', $2::integer)) AS belief
FROM snapshots AS snapshot
WHERE snapshot.id = ANY ($1::text[])
