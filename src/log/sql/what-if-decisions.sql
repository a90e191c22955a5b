-- Decisions of a bandit's epoch below the watermark in [$2, $3), in their order, each with the outcomes that are its own: those that name it,
-- else those of its unit until the unit's next decision. The same rule as the fold's (decision-hits), as sets: hash joins, no look-ups.
-- A unit is a number from 0 here; $4 is the longest window in microseconds. Temporary files of 300 bytes a decision.
WITH mark AS (
  SELECT watermark.xid, $4::bigint * interval '1 microsecond' AS longest
  FROM watermarks AS watermark
  WHERE watermark.name = 'fold'
), made AS MATERIALIZED (
  SELECT
    exposure.decision_id, exposure.decided_at, exposure.unit, exposure.arm_id, exposure.stratum, exposure.kind,
    exposure.snapshot_id, exposure.x, exposure.pi, exposure.mhat,
    exposure.decided_at + mark.longest AS ends_at,
    lead(exposure.decided_at) OVER (PARTITION BY exposure.unit ORDER BY exposure.decided_at, exposure.decision_id) AS next_at
  FROM exposures AS exposure
  CROSS JOIN mark
  WHERE exposure.epoch_id = $1::integer AND exposure.decided_at >= $2::timestamptz AND exposure.xid < mark.xid
    AND is_learned_from(exposure.kind)
), told AS MATERIALIZED (
  SELECT
    outcome.unit, outcome.decision_id, outcome.received_at, outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency,
    outcome.quantity
  FROM outcomes AS outcome
  CROSS JOIN mark
  WHERE outcome.xid < mark.xid AND outcome.received_at >= $2::timestamptz AND outcome.occurred_at >= $2::timestamptz
), matched AS (
  SELECT made.decision_id, made.decided_at, told.type, told.value_minor, told.currency, told.quantity, told.occurred_at
  FROM made
  JOIN told ON told.decision_id = made.decision_id
  WHERE made.decided_at < $3::timestamptz AND told.received_at >= made.decided_at
    AND told.occurred_at >= made.decided_at AND told.occurred_at < made.ends_at
  UNION ALL
  SELECT made.decision_id, made.decided_at, told.type, told.value_minor, told.currency, told.quantity, told.occurred_at
  FROM made
  JOIN told ON told.unit = made.unit
  WHERE told.decision_id IS NULL AND made.decided_at < $3::timestamptz AND told.received_at >= made.decided_at
    AND told.occurred_at >= made.decided_at AND told.occurred_at < least(made.ends_at, made.next_at)
), hits AS MATERIALIZED (
  SELECT
    matched.decision_id,
    json_agg(json_build_array(
      matched.type, matched.value_minor::text, matched.currency, matched.quantity,
      (extract(epoch FROM matched.occurred_at - matched.decided_at) * 1000000)::float8
    )) AS hits
  FROM matched
  GROUP BY matched.decision_id
)
SELECT
  dense_rank() OVER (ORDER BY made.unit)::integer - 1 AS unit,
  made.arm_id, made.stratum, made.kind, made.snapshot_id, made.x::text AS x, made.pi, made.mhat, hits.hits
FROM made
LEFT JOIN hits ON hits.decision_id = made.decision_id
WHERE made.decided_at < $3::timestamptz
ORDER BY made.decided_at, made.decision_id
