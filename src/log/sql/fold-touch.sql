-- Which units' rows change by [low, high), and what becomes of arm, first moment and exclusion.
--   new, or seen earlier than known, or in another arm: by exposures        an outcome fell into the window: by outcomes
-- What a unit did before its first exposure is read once and carried on, unless that exposure changes (reads_past), or something that was
-- known before it is folded only now (is_reopened).
-- Earliest and "in two arms" are the same in any order and however often they are taken, so nothing below low has to be read again.
-- Of two exposures at the same millisecond the lower arm id is the first: asked of the rows at hand, for a bandit's units see several arms
-- each, and a look-up for every one of them would be most of the work. Indexes: exposures_xid, unit_rows_pkey. Measured 400 exposures/ms.
WITH seen AS MATERIALIZED (
  SELECT
    exposure.epoch_id,
    exposure.unit,
    min(exposure.decided_at) AS first_at,
    min(exposure.arm_id) AS arm_least,
    max(exposure.arm_id) AS arm_most,
    (array_agg(exposure.arm_id ORDER BY exposure.decided_at, exposure.arm_id))[1] AS arm_id
  FROM exposures AS exposure
  WHERE exposure.xid >= $1::xid8 AND exposure.xid < $2::xid8 AND exposure.epoch_id IS NOT NULL
  GROUP BY exposure.epoch_id, exposure.unit
), epoch_sizes AS (
  SELECT
    slot.epoch_id, max(slot.window_span) AS span, max(slot.past_span) AS past,
    array_fill(0::bigint, ARRAY[count(*)::integer]) AS zeros,
    (count(*) FILTER (WHERE slot.past_span IS NULL))::integer AS forward
  FROM epoch_slots AS slot
  GROUP BY slot.epoch_id
), answered AS (
  SELECT known.epoch_id, known.unit, bool_or(before.is_it) AS is_reopened
  FROM told
  JOIN unit_rows AS known ON known.unit = told.unit
  JOIN epoch_sizes AS size ON size.epoch_id = known.epoch_id
  CROSS JOIN LATERAL (
    SELECT
      told.known_at < known.first_at AND told.occurred_at < known.first_at
      AND coalesce(told.occurred_at >= known.first_at - size.past, false) AS is_it
  ) AS before
  WHERE before.is_it OR (told.occurred_at >= known.first_at AND told.occurred_at < known.first_at + size.span)
  GROUP BY known.epoch_id, known.unit
), changed AS (
  SELECT
    coalesce(seen.epoch_id, answered.epoch_id) AS epoch_id,
    coalesce(seen.unit, answered.unit) AS unit,
    answered.unit IS NOT NULL AS is_answered,
    coalesce(answered.is_reopened, false) AS is_reopened,
    seen.first_at, seen.arm_id, seen.arm_least, seen.arm_most
  FROM seen
  FULL JOIN answered ON answered.unit = seen.unit AND answered.epoch_id = seen.epoch_id
)
INSERT INTO touched (
  epoch_id, unit, arm_id, first_at, day, excluded, totals, reads_past, old_arm_id, old_day, old_excluded, old_totals
)
SELECT
  changed.epoch_id,
  changed.unit,
  CASE WHEN now_first.is_it THEN changed.arm_id ELSE known.arm_id END,
  least(changed.first_at, known.first_at),
  (least(changed.first_at, known.first_at) AT TIME ZONE 'UTC')::date,
  coalesce(known.excluded, false) OR now_other.is_it,
  CASE
    WHEN size.past IS NULL OR past_opened.is_it THEN coalesce(size.zeros, '{}')
    ELSE size.zeros[:size.forward] || known.totals[size.forward + 1:]
  END,
  size.past IS NOT NULL AND past_opened.is_it,
  known.arm_id, known.day, known.excluded, known.totals
FROM changed
LEFT JOIN unit_rows AS known ON known.unit = changed.unit AND known.epoch_id = changed.epoch_id
LEFT JOIN epoch_sizes AS size ON size.epoch_id = changed.epoch_id
CROSS JOIN LATERAL (
  SELECT known.unit IS NULL OR coalesce((changed.first_at, changed.arm_id) < (known.first_at, known.arm_id), false) AS is_it
) AS now_first
CROSS JOIN LATERAL (
  SELECT coalesce(changed.arm_least <> changed.arm_most, false) OR coalesce(changed.arm_least <> known.arm_id, false) AS is_it
) AS now_other
CROSS JOIN LATERAL (SELECT now_first.is_it OR changed.is_reopened AS is_it) AS past_opened
WHERE changed.is_answered OR now_first.is_it OR (now_other.is_it AND NOT known.excluded)
