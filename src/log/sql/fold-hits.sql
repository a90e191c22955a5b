-- The outcomes below high that fall into the longest window of a touched unit, however long ago they were told.
-- Indexes: outcomes_unit, outcome_units_pkey, outcomes_pkey. An outcome is never told before it happens: that spares the older partitions.
-- Measured 340 units/ms.
INSERT INTO hits (epoch_id, unit, first_at, occurred_at, type, value_minor, currency, quantity)
SELECT touched.epoch_id, touched.unit, touched.first_at, hit.occurred_at, hit.type, hit.value_minor, hit.currency, hit.quantity
FROM touched
JOIN (
  SELECT slot.epoch_id, max(slot.window_span) AS span FROM epoch_slots AS slot GROUP BY slot.epoch_id
) AS longest ON longest.epoch_id = touched.epoch_id
CROSS JOIN LATERAL (
  SELECT outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity
  FROM outcomes AS outcome
  WHERE outcome.unit = touched.unit
    AND outcome.xid < $1::xid8
    AND outcome.received_at >= touched.first_at
    AND outcome.occurred_at >= touched.first_at
    AND outcome.occurred_at < touched.first_at + longest.span
  UNION ALL
  SELECT outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity
  FROM outcome_units AS joined
  JOIN outcomes AS outcome ON outcome.received_at = joined.received_at AND outcome.outcome_id = joined.outcome_id
  WHERE joined.unit = touched.unit
    AND joined.received_at >= touched.first_at
    AND outcome.occurred_at >= touched.first_at
    AND outcome.occurred_at < touched.first_at + longest.span
  OFFSET 0
) AS hit
