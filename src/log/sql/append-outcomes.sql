-- Appends outcomes, each outcomeId once for ever: who inserts the key writes the outcome. Returns the ids that were new.
-- An outcome that names only a decision gets the decision's unit; when the decision is not in the log (yet), the flag "orphan".
-- Indexes: outcome_keys_pkey, exposures_pkey. Measured 30 rows/ms.
WITH given AS (
  SELECT
    g.outcome_id, g.body_hash, to_timestamp(g.received_ms / 1000.0) AS received_at, to_timestamp(g.occurred_ms / 1000.0) AS occurred_at,
    g.unit, g.decision_id, g.type, g.item_no, g.item_id, g.value_minor, g.currency, g.quantity, g.flags::text[] AS flags
  FROM unnest(
    $1::text[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bytea[], $6::uuid[], $7::text[],
    $8::integer[], $9::text[], $10::bigint[], $11::text[], $12::integer[], $13::text[]
  ) AS g (
    outcome_id, body_hash, received_ms, occurred_ms, unit, decision_id, type, item_no, item_id, value_minor, currency, quantity, flags
  )
), won AS (
  INSERT INTO outcome_keys (outcome_id, body_hash, received_at)
  SELECT given.outcome_id, given.body_hash, given.received_at
  FROM given
  ORDER BY given.outcome_id
  ON CONFLICT (outcome_id) DO NOTHING
  RETURNING outcome_id
)
INSERT INTO outcomes (
  received_at, outcome_id, unit, decision_id, type, item_no, item_id, value_minor, currency, quantity, occurred_at, flags
)
SELECT
  given.received_at, given.outcome_id, coalesce(given.unit, decision.unit), given.decision_id, given.type, given.item_no, given.item_id,
  given.value_minor, given.currency, given.quantity, given.occurred_at,
  CASE
    WHEN given.unit IS NULL AND given.decision_id IS NOT NULL AND decision.unit IS NULL THEN given.flags || 'orphan'::text
    ELSE given.flags
  END
FROM given
JOIN won ON won.outcome_id = given.outcome_id
LEFT JOIN exposures AS decision
  ON given.unit IS NULL
  AND decision.decided_at = decided_at_of(given.decision_id)
  AND decision.decision_id = given.decision_id
RETURNING outcome_id
