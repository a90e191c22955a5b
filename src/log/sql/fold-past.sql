-- What units did before their first exposure, as far as it was known by then: outcomes that were told before it, and history that was
-- imported before it. Later news of earlier days are left out: what an arm may have changed must not enter a covariate.
-- Added up by type, currency and the shortest of the epoch's spans that reaches back so far.
-- Indexes: outcomes_unit, outcome_units_pkey, outcomes_pkey, interactions_unit. Measured 25 units/ms with ten events each.
INSERT INTO past (epoch_id, unit, type, currency, span, n, value_minor, quantity)
SELECT touched.epoch_id, touched.unit, event.type, event.currency, event.span, event.n, event.value_minor, event.quantity
FROM touched
JOIN (
  SELECT slot.epoch_id, max(slot.past_span) AS longest, array_agg(DISTINCT slot.past_span) AS all
  FROM epoch_slots AS slot
  WHERE slot.past_span IS NOT NULL
  GROUP BY slot.epoch_id
) AS span ON span.epoch_id = touched.epoch_id
CROSS JOIN LATERAL (
  SELECT
    known.type, known.currency, shortest.span,
    count(*) AS n, sum(known.value_minor) AS value_minor, sum(known.quantity) AS quantity
  FROM (
    SELECT outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity
    FROM outcomes AS outcome
    WHERE outcome.unit = touched.unit
      AND outcome.xid < $1::xid8
      AND outcome.received_at >= touched.first_at - span.longest AND outcome.received_at < touched.first_at
      AND outcome.occurred_at >= touched.first_at - span.longest AND outcome.occurred_at < touched.first_at
    UNION ALL
    SELECT outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity
    FROM outcome_units AS joined
    JOIN outcomes AS outcome ON outcome.received_at = joined.received_at AND outcome.outcome_id = joined.outcome_id
    WHERE joined.unit = touched.unit
      AND joined.received_at >= touched.first_at - span.longest AND joined.received_at < touched.first_at
      AND outcome.occurred_at >= touched.first_at - span.longest
    UNION ALL
    SELECT history.occurred_at, history.type, history.value_minor, history.currency, history.quantity
    FROM interactions AS history
    WHERE history.unit = touched.unit
      AND history.xid < $1::xid8
      AND history.imported_at < touched.first_at
      AND history.occurred_at >= touched.first_at - span.longest AND history.occurred_at < touched.first_at
  ) AS known
  CROSS JOIN LATERAL (
    SELECT
      CASE
        WHEN cardinality(span.all) = 1 THEN span.longest
        ELSE (SELECT min(one.span) FROM unnest(span.all) AS one (span) WHERE known.occurred_at >= touched.first_at - one.span)
      END AS span
  ) AS shortest
  GROUP BY known.type, known.currency, shortest.span
) AS event
WHERE touched.reads_past
