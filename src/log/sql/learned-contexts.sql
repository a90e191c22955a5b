-- Feature vectors of the newest decisions of some epochs' bandit strata below the watermark, the newest first. What was drawn evenly is not
-- among them: it is not learned from either, so that days that are the same have the same contexts.
-- Index: exposures_pkey, backwards and no further than the first epoch's start.
SELECT exposure.x::text AS x
FROM exposures AS exposure
WHERE exposure.epoch_id = ANY ($1::integer[]) AND exposure.stratum = 'bandit' AND cardinality(exposure.x) = $2::integer
  AND is_learned_from(exposure.kind)
  AND exposure.decided_at >= (SELECT min(epoch.started_at) - interval '1 minute' FROM epochs AS epoch WHERE epoch.id = ANY ($1::integer[]))
  AND exposure.xid < (SELECT mark.xid FROM watermarks AS mark WHERE mark.name = 'fold')
ORDER BY exposure.decided_at DESC, exposure.decision_id DESC
LIMIT $3::integer
