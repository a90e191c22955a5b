-- The outcomes of every decision whose y may change by [low, high), each with what it is to the decision: before (as of low) and now (high).
--
--   an outcome that names a decision is that decision's; any other one is its unit's latest decision's before it, in each epoch
--   touched:  owners of new outcomes · new decisions that outcomes waited for · the decisions that these take outcomes over from
--
-- Whose an outcome is, is asked of the log each time: as of low it was whose it was when the last fold ended, so nothing has to be remembered.
-- $3 are the bandits' epochs, $4 their longest window in microseconds. Rows of a decision follow each other.
-- Every LATERAL is fenced (LIMIT, OFFSET 0, DISTINCT ON) so that indexes are used one unit at a time: exposures_unit, exposures_pkey,
-- outcomes_unit, outcomes_decision.
WITH span AS (
  SELECT $4::bigint * interval '1 microsecond' AS longest
), told AS MATERIALIZED (
  SELECT outcome.unit, outcome.decision_id, outcome.occurred_at
  FROM outcomes AS outcome
  WHERE outcome.xid >= $1::xid8 AND outcome.xid < $2::xid8
), shown AS MATERIALIZED (
  SELECT exposure.decision_id, exposure.decided_at, exposure.epoch_id, exposure.unit
  FROM exposures AS exposure
  WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8 AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
), overtaking AS MATERIALIZED (
  SELECT shown.decision_id, shown.decided_at, shown.epoch_id, shown.unit
  FROM shown
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT FROM outcomes AS outcome
    WHERE outcome.unit = shown.unit AND outcome.decision_id IS NULL AND outcome.xid < $1::xid8
      AND outcome.received_at >= shown.decided_at
      AND outcome.occurred_at >= shown.decided_at AND outcome.occurred_at < shown.decided_at + span.longest
    LIMIT 1
  ) AS waiting
), candidates AS (
  SELECT told.decision_id, decided_at_of(told.decision_id) AS decided_at
  FROM told
  WHERE told.decision_id IS NOT NULL
  UNION
  SELECT latest.decision_id, latest.decided_at
  FROM told
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT DISTINCT ON (exposure.epoch_id) exposure.decision_id, exposure.decided_at
    FROM exposures AS exposure
    WHERE exposure.unit = told.unit AND exposure.xid < $2::xid8
      AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
      AND exposure.decided_at <= told.occurred_at AND exposure.decided_at > told.occurred_at - span.longest
    ORDER BY exposure.epoch_id, exposure.decided_at DESC, exposure.decision_id DESC
  ) AS latest
  WHERE told.decision_id IS NULL
  UNION
  SELECT overtaking.decision_id, overtaking.decided_at
  FROM overtaking
  UNION
  SELECT predecessor.decision_id, predecessor.decided_at
  FROM overtaking
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT exposure.decision_id, exposure.decided_at
    FROM exposures AS exposure
    WHERE exposure.unit = overtaking.unit AND exposure.epoch_id = overtaking.epoch_id AND is_learned_from(exposure.kind)
      AND exposure.xid < $1::xid8
      AND exposure.decided_at <= overtaking.decided_at AND exposure.decided_at > overtaking.decided_at - span.longest
      AND (exposure.decided_at, exposure.decision_id) < (overtaking.decided_at, overtaking.decision_id)
    ORDER BY exposure.decided_at DESC, exposure.decision_id DESC
    LIMIT 1
  ) AS predecessor
  UNION
  SELECT shown.decision_id, shown.decided_at
  FROM shown
  CROSS JOIN LATERAL (
    SELECT FROM outcomes AS outcome
    WHERE outcome.decision_id = shown.decision_id AND outcome.received_at >= shown.decided_at AND outcome.xid < $1::xid8
    LIMIT 1
  ) AS waiting
), touched AS MATERIALIZED (
  SELECT owner.*
  FROM candidates
  CROSS JOIN LATERAL (
    SELECT
      exposure.decision_id, exposure.decided_at, exposure.epoch_id, exposure.arm_id, exposure.stratum, exposure.unit, exposure.x,
      exposure.xid < $1::xid8 AS is_known
    FROM exposures AS exposure
    WHERE exposure.decided_at = candidates.decided_at AND exposure.decision_id = candidates.decision_id AND exposure.xid < $2::xid8
      AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
    OFFSET 0
  ) AS owner
), bounded AS MATERIALIZED (
  SELECT
    touched.*,
    touched.decided_at + span.longest AS ends_at,
    (
      SELECT exposure.decided_at
      FROM exposures AS exposure
      WHERE exposure.unit = touched.unit AND exposure.epoch_id = touched.epoch_id AND is_learned_from(exposure.kind)
        AND exposure.xid < $2::xid8
        AND exposure.decided_at >= touched.decided_at AND exposure.decided_at < touched.decided_at + span.longest
        AND (exposure.decided_at, exposure.decision_id) > (touched.decided_at, touched.decision_id)
      ORDER BY exposure.decided_at
      LIMIT 1
    ) AS next_at,
    CASE WHEN touched.is_known THEN (
      SELECT exposure.decided_at
      FROM exposures AS exposure
      WHERE exposure.unit = touched.unit AND exposure.epoch_id = touched.epoch_id AND is_learned_from(exposure.kind)
        AND exposure.xid < $1::xid8
        AND exposure.decided_at >= touched.decided_at AND exposure.decided_at < touched.decided_at + span.longest
        AND (exposure.decided_at, exposure.decision_id) > (touched.decided_at, touched.decision_id)
      ORDER BY exposure.decided_at
      LIMIT 1
    ) END AS next_before
  FROM touched
  CROSS JOIN span
)
SELECT
  bounded.decision_id::text AS decision_id,
  bounded.epoch_id, bounded.arm_id, bounded.stratum,
  floor(extract(epoch FROM bounded.decided_at) / 3600)::integer AS hour,
  bounded.x::text AS x,
  hit.was_mine, hit.is_mine, hit.type,
  hit.value_minor::text AS value_minor,
  hit.currency, hit.quantity,
  (extract(epoch FROM hit.occurred_at - bounded.decided_at) * 1000000)::float8 AS age_micros
FROM bounded
CROSS JOIN LATERAL (
  SELECT
    bounded.is_known AND outcome.xid < $1::xid8 AS was_mine,
    outcome.occurred_at < coalesce(bounded.next_at, 'infinity') AS is_mine,
    outcome.type, outcome.value_minor, outcome.currency, outcome.quantity, outcome.occurred_at
  FROM outcomes AS outcome
  WHERE outcome.unit = bounded.unit AND outcome.decision_id IS NULL AND outcome.xid < $2::xid8
    AND outcome.received_at >= bounded.decided_at
    AND outcome.occurred_at >= bounded.decided_at
    AND outcome.occurred_at < least(bounded.ends_at, CASE WHEN bounded.is_known THEN bounded.next_before ELSE bounded.next_at END)
  UNION ALL
  SELECT
    bounded.is_known AND outcome.xid < $1::xid8, true,
    outcome.type, outcome.value_minor, outcome.currency, outcome.quantity, outcome.occurred_at
  FROM outcomes AS outcome
  WHERE outcome.decision_id = bounded.decision_id AND outcome.xid < $2::xid8
    AND outcome.received_at >= bounded.decided_at
    AND outcome.occurred_at >= bounded.decided_at AND outcome.occurred_at < bounded.ends_at
  OFFSET 0
) AS hit
ORDER BY bounded.decision_id
