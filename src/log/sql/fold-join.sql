-- Outcomes that named only a decision, joined to its unit when the later one of the two is in [low, high).
-- Index: outcomes_xid and exposures_pkey; exposures_xid and outcomes_unjoined.
WITH joined AS (
  SELECT exposure.unit, outcome.received_at, outcome.outcome_id, outcome.occurred_at
  FROM outcomes AS outcome
  JOIN exposures AS exposure
    ON exposure.decided_at = decided_at_of(outcome.decision_id) AND exposure.decision_id = outcome.decision_id
  WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8 AND outcome.unit IS NULL AND outcome.decision_id IS NOT NULL
    AND exposure.xid < $2::xid8
  UNION ALL
  SELECT exposure.unit, outcome.received_at, outcome.outcome_id, outcome.occurred_at
  FROM exposures AS exposure
  JOIN outcomes AS outcome
    ON outcome.decision_id = exposure.decision_id AND outcome.unit IS NULL AND exposure.decided_at = decided_at_of(outcome.decision_id)
  WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8
    AND outcome.xid < $1::xid8
), kept AS (
  INSERT INTO outcome_units (unit, received_at, outcome_id)
  SELECT joined.unit, joined.received_at, joined.outcome_id
  FROM joined
)
INSERT INTO told (unit, occurred_at, known_at)
SELECT joined.unit, joined.occurred_at, joined.received_at
FROM joined
