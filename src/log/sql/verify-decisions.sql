-- Every decision of a bandit below the watermark, with what it brought, from the log alone. Independent of the fold: whose an outcome is by
-- window functions over all decisions of a unit, sums by slot in numeric. places and ys say which objectives are not 0, and how much; waited
-- and bins which had an outcome that is no return, and in which of the delay bins that end at $1 (milliseconds) the first one came.
-- Decisions of a unit follow each other. Whole scans.
WITH mark AS (
  SELECT watermark.xid FROM watermarks AS watermark WHERE watermark.name = 'fold'
), bandits AS (
  SELECT epoch.id AS epoch_id FROM epochs AS epoch WHERE epoch.settings -> 'allocation' ->> 'kind' = 'thompson'
), places AS (
  SELECT slot.*, row_number() OVER (PARTITION BY slot.epoch_id ORDER BY slot.slot) - 1 AS place
  FROM epoch_slots AS slot
  WHERE slot.past_span IS NULL
), made AS MATERIALIZED (
  SELECT
    exposure.decision_id, exposure.decided_at, exposure.epoch_id, exposure.arm_id, exposure.stratum, exposure.unit, exposure.x,
    exposure.kind, exposure.pi, exposure.mhat,
    coalesce(
      lead(exposure.decided_at) OVER (
        PARTITION BY exposure.epoch_id, exposure.unit ORDER BY exposure.decided_at, exposure.decision_id
      ),
      'infinity'
    ) AS next_at
  FROM exposures AS exposure
  CROSS JOIN mark
  WHERE exposure.xid < mark.xid
    AND exposure.epoch_id IN (SELECT bandits.epoch_id FROM bandits)
    AND exposure.kind = ANY ('{drawn,assigned}')
), told AS MATERIALIZED (
  SELECT outcome.*
  FROM outcomes AS outcome
  CROSS JOIN mark
  WHERE outcome.xid < mark.xid
), matched AS (
  SELECT made.decision_id, made.epoch_id, made.decided_at, told.type, told.value_minor, told.currency, told.quantity, told.occurred_at
  FROM told
  JOIN made ON made.decision_id = told.decision_id
  UNION ALL
  SELECT made.decision_id, made.epoch_id, made.decided_at, told.type, told.value_minor, told.currency, told.quantity, told.occurred_at
  FROM told
  JOIN made ON made.unit = told.unit AND tstzrange(made.decided_at, made.next_at) @> told.occurred_at
  WHERE told.decision_id IS NULL
), counted AS (
  SELECT matched.*, place.place, place.aggregate, place.cap
  FROM matched
  JOIN places AS place ON place.epoch_id = matched.epoch_id
  WHERE matched.type = ANY (place.types)
    AND tstzrange(matched.decided_at, matched.decided_at + place.window_span) @> matched.occurred_at
    AND (place.aggregate <> 'value' OR matched.currency = coalesce(place.currency, matched.currency))
), amounts AS (
  SELECT
    counted.decision_id, counted.place,
    least(
      counted.cap,
      CASE
        WHEN counted.aggregate = 'any' THEN 1
        ELSE least(greatest(sum(
          CASE counted.aggregate WHEN 'count' THEN 1 WHEN 'quantity' THEN counted.quantity ELSE coalesce(counted.value_minor, 0) END
        ), 1 - 2::numeric ^ 53), 2::numeric ^ 53 - 1)
      END
    )::bigint AS y
  FROM counted
  GROUP BY counted.decision_id, counted.place, counted.aggregate, counted.cap
), brought AS (
  SELECT amounts.decision_id, array_agg(amounts.place::integer) AS places, array_agg(amounts.y::text) AS ys
  FROM amounts
  WHERE amounts.y <> 0
  GROUP BY amounts.decision_id
), firsts AS (
  SELECT counted.decision_id, counted.place, min(extract(epoch FROM counted.occurred_at - counted.decided_at)) * 1000 AS delay_ms
  FROM counted
  WHERE counted.type <> 'return'
  GROUP BY counted.decision_id, counted.place
), waits AS (
  SELECT
    firsts.decision_id, array_agg(firsts.place::integer) AS waited,
    array_agg(width_bucket(firsts.delay_ms, $1::numeric[])) AS bins
  FROM firsts
  GROUP BY firsts.decision_id
)
SELECT
  concat_ws(' ', made.epoch_id, made.arm_id, made.stratum, to_char(date_trunc('hour', made.decided_at), 'YYYY-MM-DD"T"HH24'), cardinality(made.x))
    AS cell,
  (SELECT count(*)::integer FROM places AS place WHERE place.epoch_id = made.epoch_id) AS objectives,
  made.x::text AS x,
  brought.places,
  brought.ys,
  waits.waited,
  waits.bins,
  made.epoch_id,
  epoch.arm_ids,
  made.arm_id,
  made.stratum,
  made.unit::text AS unit,
  extract(epoch FROM date_trunc('day', CASE made.kind WHEN 'drawn' THEN made.decided_at ELSE coalesce(stay.assigned_at, made.decided_at) END))
    ::integer / 86400 AS day,
  made.pi::text AS pi,
  made.mhat::text AS mhat,
  made.kind
FROM made
JOIN epochs AS epoch ON epoch.id = made.epoch_id
LEFT JOIN brought ON brought.decision_id = made.decision_id
LEFT JOIN waits ON waits.decision_id = made.decision_id
LEFT JOIN assignments AS stay ON stay.epoch_id = made.epoch_id AND stay.unit = made.unit
ORDER BY made.epoch_id, made.unit
