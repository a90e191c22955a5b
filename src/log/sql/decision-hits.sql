-- The outcomes of every decision whose y may change by [low, high), each with what it is to the decision: before (as of low) and now (high).
--
--   an outcome that names a decision is that decision's; any other one is its unit's latest decision's before it, in each epoch
--   touched:  owners of new outcomes · new decisions that outcomes waited for · the decisions that these take outcomes over from
--
-- Whose an outcome is, is asked of the log each time: as of low it was whose it was when the last fold ended, so nothing has to be remembered.
-- $3 are the bandits' epochs, $4 their longest window in microseconds, $5 the latest moment at which an outcome below low was received: a
-- decision after it has nobody waiting. Rows of a decision follow each other.
-- Every LATERAL is fenced (LIMIT, OFFSET 0, DISTINCT ON), so that each is a look-up of one unit or decision. Indexes: exposures_xid,
-- outcomes_xid; exposures_pkey, exposures_unit, outcomes_unit, outcomes_decision.
WITH span AS (
  SELECT $4::bigint * interval '1 microsecond' AS longest
), made AS NOT MATERIALIZED (
  SELECT
    exposure.decision_id, exposure.decided_at, exposure.epoch_id, exposure.arm_id, exposure.stratum, exposure.unit, exposure.x, exposure.xid
  FROM exposures AS exposure
  WHERE exposure.xid < $2::xid8 AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
), heard AS NOT MATERIALIZED (
  SELECT
    outcome.unit, outcome.decision_id, outcome.received_at, outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency,
    outcome.quantity, outcome.xid
  FROM outcomes AS outcome
  WHERE outcome.xid < $2::xid8
), told AS MATERIALIZED (
  SELECT heard.unit, heard.decision_id, heard.occurred_at
  FROM heard
  WHERE heard.xid >= $1::xid8
), late AS MATERIALIZED (
  SELECT made.*
  FROM made
  WHERE made.xid >= $1::xid8 AND made.decided_at <= $5::timestamptz
), overtaking AS MATERIALIZED (
  SELECT late.*
  FROM late
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT FROM heard
    WHERE heard.unit = late.unit AND heard.decision_id IS NULL AND heard.xid < $1::xid8
      AND heard.received_at >= late.decided_at
      AND heard.occurred_at >= late.decided_at AND heard.occurred_at < late.decided_at + span.longest
    LIMIT 1
  ) AS waiting
), candidates AS (
  SELECT owner.*
  FROM told
  CROSS JOIN LATERAL (
    SELECT made.*
    FROM made
    WHERE made.decided_at = decided_at_of(told.decision_id) AND made.decision_id = told.decision_id
    OFFSET 0
  ) AS owner
  WHERE told.decision_id IS NOT NULL
  UNION ALL
  SELECT latest.*
  FROM told
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT DISTINCT ON (made.epoch_id) made.*
    FROM made
    WHERE made.unit = told.unit AND made.decided_at <= told.occurred_at AND made.decided_at > told.occurred_at - span.longest
    ORDER BY made.epoch_id, made.decided_at DESC, made.decision_id DESC
  ) AS latest
  WHERE told.decision_id IS NULL
  UNION ALL
  SELECT overtaking.*
  FROM overtaking
  UNION ALL
  SELECT predecessor.*
  FROM overtaking
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT made.*
    FROM made
    WHERE made.unit = overtaking.unit AND made.epoch_id = overtaking.epoch_id AND made.xid < $1::xid8
      AND made.decided_at <= overtaking.decided_at AND made.decided_at > overtaking.decided_at - span.longest
      AND (made.decided_at < overtaking.decided_at OR made.decision_id < overtaking.decision_id)
    ORDER BY made.decided_at DESC, made.decision_id DESC
    LIMIT 1
  ) AS predecessor
  UNION ALL
  SELECT late.*
  FROM late
  CROSS JOIN LATERAL (
    SELECT FROM heard
    WHERE heard.decision_id = late.decision_id AND heard.received_at >= late.decided_at AND heard.xid < $1::xid8
    LIMIT 1
  ) AS waiting
), touched AS MATERIALIZED (
  SELECT DISTINCT ON (candidates.decision_id) candidates.*, candidates.xid < $1::xid8 AS is_known
  FROM candidates
  ORDER BY candidates.decision_id
), bounded AS MATERIALIZED (
  SELECT
    touched.*,
    touched.decided_at + span.longest AS ends_at,
    next.decided_at AS next_at,
    -- The next decision as of low: the same one, or a later one when that one is new.
    CASE WHEN next.xid < $1::xid8 OR NOT touched.is_known THEN next.decided_at ELSE (
      SELECT made.decided_at
      FROM made
      WHERE made.unit = touched.unit AND made.epoch_id = touched.epoch_id AND made.xid < $1::xid8
        AND made.decided_at >= next.decided_at AND made.decided_at < touched.decided_at + span.longest
        AND (made.decided_at > touched.decided_at OR made.decision_id > touched.decision_id)
      ORDER BY made.decided_at
      LIMIT 1
    ) END AS next_before
  FROM touched
  CROSS JOIN span
  LEFT JOIN LATERAL (
    SELECT made.decided_at, made.xid
    FROM made
    WHERE made.unit = touched.unit AND made.epoch_id = touched.epoch_id
      AND made.decided_at >= touched.decided_at AND made.decided_at < touched.decided_at + span.longest
      AND (made.decided_at > touched.decided_at OR made.decision_id > touched.decision_id)
    ORDER BY made.decided_at
    LIMIT 1
  ) AS next ON true
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
    bounded.is_known AND heard.xid < $1::xid8 AS was_mine,
    heard.occurred_at < coalesce(bounded.next_at, 'infinity') AS is_mine,
    heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at
  FROM heard
  WHERE heard.unit = bounded.unit AND heard.decision_id IS NULL
    AND heard.received_at >= bounded.decided_at
    AND heard.occurred_at >= bounded.decided_at AND heard.occurred_at < least(bounded.ends_at, bounded.next_before)
  UNION ALL
  SELECT
    bounded.is_known AND heard.xid < $1::xid8, true,
    heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at
  FROM heard
  WHERE heard.decision_id = bounded.decision_id
    AND heard.received_at >= bounded.decided_at
    AND heard.occurred_at >= bounded.decided_at AND heard.occurred_at < bounded.ends_at
  OFFSET 0
) AS hit
ORDER BY bounded.decision_id
