-- The outcomes of every decision whose y may change by [low, high), each with what it is to the decision: before (as of low) and now (high).
--
--   an outcome that names a decision is that decision's; any other one is its unit's latest decision's before it, in each epoch
--   touched:  owners of new outcomes · new decisions that outcomes waited for · the decisions that these take outcomes over from
--
-- Whose an outcome is, is asked of the log each time: as of low it was whose it was when the last fold ended, so nothing has to be remembered.
-- $3 are the bandits' epochs, $4 their longest window in microseconds, $5 the latest moment at which an outcome below low was received: a
-- decision after it has nobody waiting. $6 and $7 are the latest moments below high at which an outcome was received and a decision made:
-- they say which partitions need not be looked into. A decision has a row of its own (type is null), then one for each of its outcomes, in
-- which what is the decision's is null: vectors are wide, and most decisions have several outcomes.
-- Most units have told of several things, and made several decisions: the log is asked once a unit (tellers, touched_units), and what
-- belongs together is found by hash joins. Where a unit's next decision ends what is this one's is asked only where an outcome that names no
-- decision wants to know.
-- Every LATERAL is fenced (LIMIT, OFFSET 0, DISTINCT ON), so that each is a look-up of one unit or decision, and what is looked up is
-- materialised before it is joined. Indexes: exposures_xid, outcomes_xid; exposures_pkey, exposures_unit, outcomes_unit, outcomes_decision,
-- assignments_pkey.
WITH span AS (
  SELECT $4::bigint * interval '1 microsecond' AS longest
), made AS NOT MATERIALIZED (
  SELECT
    exposure.decision_id, exposure.decided_at, exposure.epoch_id, exposure.arm_id, exposure.stratum, exposure.unit, exposure.x, exposure.xid,
    exposure.kind, exposure.pi
  FROM exposures AS exposure
  WHERE exposure.xid < $2::xid8 AND exposure.epoch_id = ANY ($3::integer[]) AND is_learned_from(exposure.kind)
    AND exposure.decided_at <= $7::timestamptz
), heard AS NOT MATERIALIZED (
  SELECT
    outcome.unit, outcome.decision_id, outcome.received_at, outcome.occurred_at, outcome.type, outcome.value_minor, outcome.currency,
    outcome.quantity, outcome.xid
  FROM outcomes AS outcome
  WHERE outcome.xid < $2::xid8 AND outcome.received_at <= $6::timestamptz
), told AS MATERIALIZED (
  SELECT heard.unit, heard.decision_id, heard.occurred_at
  FROM heard
  WHERE heard.xid >= $1::xid8
), named AS MATERIALIZED (
  SELECT once.decision_id, decided_at_of(once.decision_id) AS decided_at
  FROM (SELECT told.decision_id FROM told WHERE told.decision_id IS NOT NULL GROUP BY told.decision_id OFFSET 0) AS once
), tellers AS MATERIALIZED (
  SELECT told.unit, min(told.occurred_at) AS first_at, max(told.occurred_at) AS last_at
  FROM told
  WHERE told.decision_id IS NULL
  GROUP BY told.unit
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
), own AS MATERIALIZED (
  SELECT owned.*
  FROM tellers
  CROSS JOIN span
  CROSS JOIN LATERAL (
    SELECT made.*, lead(made.decided_at, 1, 'infinity') OVER (PARTITION BY made.epoch_id ORDER BY made.decided_at, made.decision_id) AS next_at
    FROM made
    WHERE made.unit = tellers.unit AND made.decided_at <= tellers.last_at AND made.decided_at > tellers.first_at - span.longest
    OFFSET 0
  ) AS owned
), candidates AS (
  SELECT owner.*
  FROM named
  CROSS JOIN LATERAL (
    SELECT made.*
    FROM made
    WHERE made.decided_at = named.decided_at AND made.decision_id = named.decision_id
    OFFSET 0
  ) AS owner
  UNION ALL
  SELECT
    own.decision_id, own.decided_at, own.epoch_id, own.arm_id, own.stratum, own.unit, own.x, own.xid, own.kind, own.pi
  FROM own
  CROSS JOIN span
  WHERE EXISTS (
    SELECT FROM told
    WHERE told.unit = own.unit AND told.decision_id IS NULL
      AND told.occurred_at >= own.decided_at AND told.occurred_at < least(own.next_at, own.decided_at + span.longest)
  )
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
  SELECT DISTINCT ON (candidates.decision_id)
    candidates.*, candidates.xid < $1::xid8 AS is_known, candidates.decided_at + span.longest AS ends_at
  FROM candidates
  CROSS JOIN span
  ORDER BY candidates.decision_id
), touched_units AS MATERIALIZED (
  SELECT touched.unit, min(touched.decided_at) AS first_at, max(touched.ends_at) AS ends_at
  FROM touched
  GROUP BY touched.unit
), said AS MATERIALIZED (
  SELECT hit.*
  FROM touched_units
  CROSS JOIN LATERAL (
    SELECT heard.unit, heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at, heard.received_at, heard.xid
    FROM heard
    WHERE heard.unit = touched_units.unit AND heard.decision_id IS NULL
      AND heard.received_at >= touched_units.first_at
      AND heard.occurred_at >= touched_units.first_at AND heard.occurred_at < touched_units.ends_at
    OFFSET 0
  ) AS hit
), nameless AS MATERIALIZED (
  SELECT
    touched.decision_id, touched.decided_at, touched.ends_at, touched.epoch_id, touched.unit, touched.is_known,
    said.type, said.value_minor, said.currency, said.quantity, said.occurred_at, said.xid
  FROM touched
  JOIN said
    ON said.unit = touched.unit AND said.received_at >= touched.decided_at
      AND said.occurred_at >= touched.decided_at AND said.occurred_at < touched.ends_at
), bounded AS MATERIALIZED (
  SELECT
    wanting.decision_id,
    next.decided_at AS next_at,
    -- The next decision as of low: the same one, or a later one when that one is new.
    CASE WHEN next.xid < $1::xid8 OR NOT wanting.is_known THEN next.decided_at ELSE (
      SELECT made.decided_at
      FROM made
      WHERE made.unit = wanting.unit AND made.epoch_id = wanting.epoch_id AND made.xid < $1::xid8
        AND made.decided_at >= next.decided_at AND made.decided_at < wanting.ends_at
        AND (made.decided_at > wanting.decided_at OR made.decision_id > wanting.decision_id)
      ORDER BY made.decided_at
      LIMIT 1
    ) END AS next_before
  FROM (
    SELECT DISTINCT ON (nameless.decision_id)
      nameless.decision_id, nameless.decided_at, nameless.ends_at, nameless.epoch_id, nameless.unit, nameless.is_known
    FROM nameless
    ORDER BY nameless.decision_id
  ) AS wanting
  CROSS JOIN LATERAL (
    SELECT made.decided_at, made.xid
    FROM made
    WHERE made.unit = wanting.unit AND made.epoch_id = wanting.epoch_id
      AND made.decided_at >= wanting.decided_at AND made.decided_at < wanting.ends_at
      AND (made.decided_at > wanting.decided_at OR made.decision_id > wanting.decision_id)
    ORDER BY made.decided_at
    LIMIT 1
  ) AS next
), hits AS (
  SELECT
    nameless.decision_id, nameless.decided_at,
    nameless.is_known AND nameless.xid < $1::xid8 AS was_mine,
    nameless.occurred_at < coalesce(bounded.next_at, 'infinity') AS is_mine,
    nameless.type, nameless.value_minor, nameless.currency, nameless.quantity, nameless.occurred_at
  FROM nameless
  LEFT JOIN bounded ON bounded.decision_id = nameless.decision_id
  WHERE nameless.occurred_at < coalesce(bounded.next_before, 'infinity')
  UNION ALL
  SELECT touched.decision_id, touched.decided_at, hit.*
  FROM touched
  CROSS JOIN LATERAL (
    SELECT
      touched.is_known AND heard.xid < $1::xid8, true,
      heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at
    FROM heard
    WHERE heard.decision_id = touched.decision_id
      AND heard.received_at >= touched.decided_at
      AND heard.occurred_at >= touched.decided_at AND heard.occurred_at < touched.ends_at
    OFFSET 0
  ) AS hit
)
SELECT
  touched.decision_id,
  touched.epoch_id, touched.arm_id, touched.stratum,
  floor(extract(epoch FROM touched.decided_at) / 3600)::integer AS hour,
  touched.x::text AS x,
  touched.unit::text AS unit,
  floor(extract(epoch FROM CASE touched.kind
    WHEN 'assigned' THEN coalesce(
      (SELECT stay.assigned_at FROM assignments AS stay WHERE stay.epoch_id = touched.epoch_id AND stay.unit = touched.unit), touched.decided_at
    )
    ELSE touched.decided_at
  END) / 86400)::integer AS day,
  touched.pi::text AS pi,
  NULL AS was_mine, NULL AS is_mine, NULL AS type, NULL AS value_minor, NULL AS currency, NULL AS quantity, NULL AS age_micros
FROM touched
UNION ALL
SELECT
  hits.decision_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  hits.was_mine, hits.is_mine, hits.type,
  hits.value_minor::text,
  hits.currency, hits.quantity,
  (extract(epoch FROM hits.occurred_at - hits.decided_at) * 1000000)::float8
FROM hits
ORDER BY decision_id, type NULLS FIRST
