-- One decision as it was logged, with the key of its request while that can be repeated, and of a stay the decision that drew the arm.
-- Indexes: exposures_pkey, request_keys_decided_at, assignments_pkey.
SELECT
  exposure.decided_at, exposure.unit, exposure.surface, exposure.epoch_id, exposure.arm_id, exposure.stratum, exposure.kind, exposure.pi,
  exposure.x, exposure.mhat, exposure.scale, exposure.policy, exposure.served_policy, exposure.model_version, exposure.snapshot_id,
  exposure.reason, request.request_key, assignment.first_decision,
  ARRAY(
    SELECT coalesce(item.item_id, '#' || shown.item_no)
    FROM unnest(exposure.items) WITH ORDINALITY AS shown (item_no, rank)
    LEFT JOIN items AS item ON item.item_no = shown.item_no
    ORDER BY shown.rank
  ) AS items
FROM exposures AS exposure
LEFT JOIN request_keys AS request ON request.decided_at = exposure.decided_at AND request.decision_id = exposure.decision_id
LEFT JOIN assignments AS assignment
  ON exposure.kind = 'assigned' AND assignment.epoch_id = exposure.epoch_id AND assignment.unit = exposure.unit
WHERE exposure.decided_at = decided_at_of($1::uuid) AND exposure.decision_id = $1::uuid
