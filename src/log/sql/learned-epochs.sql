-- The epochs that a bandit's epoch goes on from, the newest $2 of its experiment, and which of their arms: bandits on the same surface that counted the
-- same outcomes of vectors of the same version, and arms that the epoch still has, with the policy that they have now. None of it ever changes.
WITH slots AS (
  SELECT counter.epoch_id, jsonb_agg(to_jsonb(counter) - 'epoch_id' - 'slot' ORDER BY counter.slot) AS counted
  FROM epochs AS own
  JOIN epochs AS epoch ON epoch.experiment_id = own.experiment_id AND epoch.no <= own.no
  JOIN epoch_slots AS counter ON counter.epoch_id = epoch.id
  WHERE own.id = $1::integer AND counter.past_span IS NULL
  GROUP BY counter.epoch_id
)
SELECT earlier.id AS epoch_id, array_agg(arm.id ORDER BY arm.id)::text AS arms
FROM epochs AS own
JOIN epochs AS earlier ON earlier.experiment_id = own.experiment_id AND earlier.no BETWEEN own.no - $2::integer AND own.no - 1
JOIN slots AS now ON now.epoch_id = own.id
JOIN slots AS past ON past.epoch_id = earlier.id
CROSS JOIN LATERAL unnest(earlier.arm_ids) WITH ORDINALITY AS arm (id, place)
JOIN LATERAL unnest(own.arm_ids) WITH ORDINALITY AS kept (id, place) ON kept.id = arm.id
WHERE own.id = $1::integer
  AND earlier.settings -> 'allocation' ->> 'kind' = 'thompson'
  AND earlier.settings -> 'surface' = own.settings -> 'surface'
  AND earlier.feature_version = own.feature_version
  AND past.counted = now.counted
  AND earlier.settings -> 'arms' -> (arm.place::integer - 1) -> 'policy' = own.settings -> 'arms' -> (kept.place::integer - 1) -> 'policy'
GROUP BY earlier.id
ORDER BY earlier.id
