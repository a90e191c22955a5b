-- Recounts everything below the watermark from the log alone and returns what differs from the stored moments, number by number.
-- Independent of the fold: first exposures by window functions, totals (those of the past too) and products in long form, one row a unit and
-- slot. Whole scans, measured
-- 170 exposures/ms.
WITH mark AS (
  SELECT watermark.xid FROM watermarks AS watermark WHERE watermark.name = 'fold'
), shown AS MATERIALIZED (
  SELECT
    exposure.epoch_id, exposure.unit, exposure.arm_id, exposure.decided_at,
    (exposure.policy IS DISTINCT FROM exposure.served_policy)::integer AS is_fallback,
    (array_position(exposure.pi, 0) IS NOT NULL)::integer AS is_masked
  FROM exposures AS exposure
  CROSS JOIN mark
  WHERE exposure.xid < mark.xid AND exposure.epoch_id IS NOT NULL
), firsts AS MATERIALIZED (
  SELECT ranked.epoch_id, ranked.unit, ranked.arm_id, ranked.decided_at AS first_at, ranked.is_excluded,
    date_trunc('day', ranked.decided_at, 'UTC')::date AS day
  FROM (
    SELECT
      shown.*,
      row_number() OVER everyone AS place,
      max(shown.arm_id) OVER everyone <> min(shown.arm_id) OVER everyone AS is_excluded
    FROM shown
    WINDOW everyone AS (
      PARTITION BY shown.epoch_id, shown.unit ORDER BY shown.decided_at, shown.arm_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
  ) AS ranked
  WHERE ranked.place = 1
), heard AS MATERIALIZED (
  SELECT outcome.unit, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity, outcome.occurred_at, outcome.received_at
  FROM outcomes AS outcome
  CROSS JOIN mark
  WHERE outcome.xid < mark.xid AND outcome.unit IS NOT NULL
  UNION ALL
  SELECT exposure.unit, outcome.type, outcome.value_minor, outcome.currency, outcome.quantity, outcome.occurred_at, outcome.received_at
  FROM outcomes AS outcome
  CROSS JOIN mark
  JOIN exposures AS exposure
    ON exposure.decision_id = outcome.decision_id AND exposure.decided_at = decided_at_of(outcome.decision_id) AND exposure.xid < mark.xid
  WHERE outcome.xid < mark.xid AND outcome.unit IS NULL
), places AS (
  SELECT slot.*, row_number() OVER (PARTITION BY slot.epoch_id ORDER BY slot.slot) AS place
  FROM epoch_slots AS slot
), matched AS MATERIALIZED (
  SELECT
    first.epoch_id, first.unit, first.arm_id, first.day, first.is_excluded, first.first_at,
    heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at
  FROM heard
  JOIN firsts AS first ON first.unit = heard.unit
), remembered AS (
  SELECT heard.unit, heard.type, heard.value_minor, heard.currency, heard.quantity, heard.occurred_at, heard.received_at AS known_at
  FROM heard
  UNION ALL
  SELECT
    history.unit, history.type, history.value_minor, history.currency, history.quantity, history.occurred_at, history.imported_at
  FROM interactions AS history
  CROSS JOIN mark
  WHERE history.xid < mark.xid AND history.unit IS NOT NULL
), recalled AS MATERIALIZED (
  SELECT
    first.epoch_id, first.unit, first.arm_id, first.day, first.is_excluded, first.first_at,
    remembered.type, remembered.value_minor, remembered.currency, remembered.quantity, remembered.occurred_at
  FROM remembered
  JOIN firsts AS first ON first.unit = remembered.unit
  WHERE remembered.known_at < first.first_at
    AND first.epoch_id IN (SELECT place.epoch_id FROM places AS place WHERE place.past_span IS NOT NULL)
), counted AS (
  SELECT matched.*, place.place, place.aggregate, place.cap, place.currency AS asked
  FROM matched
  JOIN places AS place ON place.epoch_id = matched.epoch_id
  WHERE place.past_span IS NULL AND matched.type = ANY (place.types)
    AND tstzrange(matched.first_at, matched.first_at + place.window_span) @> matched.occurred_at
  UNION ALL
  SELECT recalled.*, place.place, place.aggregate, place.cap, place.currency
  FROM recalled
  JOIN places AS place ON place.epoch_id = recalled.epoch_id
  WHERE place.past_span IS NOT NULL
    AND tstzrange(recalled.first_at - place.past_span, recalled.first_at) @> recalled.occurred_at
    AND (recalled.type = ANY (place.types) OR place.part = 'history')
), amounts AS MATERIALIZED (
  SELECT
    counted.epoch_id, counted.unit, counted.arm_id, counted.day, counted.is_excluded, counted.place,
    least(
      counted.cap,
      CASE
        WHEN counted.aggregate = 'any' THEN 1
        ELSE least(greatest(sum(
          CASE counted.aggregate WHEN 'count' THEN 1 WHEN 'quantity' THEN counted.quantity ELSE coalesce(counted.value_minor, 0) END
        ), -9e18::numeric), 9e18::numeric)
      END
    )::numeric AS y
  FROM counted
  WHERE counted.aggregate <> 'value' OR counted.currency = coalesce(counted.asked, counted.currency)
  GROUP BY counted.epoch_id, counted.unit, counted.arm_id, counted.day, counted.is_excluded, counted.place, counted.aggregate, counted.cap
), purses AS MATERIALIZED (
  SELECT
    matched.epoch_id, matched.unit, matched.arm_id, matched.is_excluded, matched.currency,
    least(greatest(sum(CASE matched.type WHEN 'purchase' THEN matched.value_minor ELSE 0 END), -9e18::numeric), 9e18::numeric) AS gross,
    least(greatest(sum(CASE matched.type WHEN 'return' THEN matched.value_minor ELSE 0 END), -9e18::numeric), 9e18::numeric) AS returned
  FROM matched
  JOIN (SELECT place.epoch_id, max(place.window_span) AS span FROM places AS place GROUP BY place.epoch_id) AS longest
    ON longest.epoch_id = matched.epoch_id
  WHERE matched.type IN ('purchase', 'return') AND matched.value_minor IS NOT NULL AND matched.currency IS NOT NULL
    AND tstzrange(matched.first_at, matched.first_at + longest.span) @> matched.occurred_at
  GROUP BY matched.epoch_id, matched.unit, matched.arm_id, matched.is_excluded, matched.currency
), sizes AS (
  SELECT place.epoch_id, count(*) AS slots FROM places AS place GROUP BY place.epoch_id
), unlike AS (
  SELECT
    coalesce(first.epoch_id, kept.epoch_id) AS epoch_id,
    coalesce(first.unit, kept.unit) AS unit,
    nullif(concat_ws(' ', kept.arm_id, kept.first_at, kept.day, kept.excluded, cardinality(kept.totals)), '') AS stored,
    nullif(concat_ws(' ', first.arm_id, first.first_at, first.day, first.is_excluded, coalesce(size.slots, 0)), '0') AS recounted
  FROM firsts AS first
  FULL JOIN unit_rows AS kept ON kept.unit = first.unit AND kept.epoch_id = first.epoch_id
  LEFT JOIN sizes AS size ON size.epoch_id = first.epoch_id
  WHERE kept.unit IS NULL OR first.unit IS NULL
    OR kept.arm_id <> first.arm_id OR kept.first_at <> first.first_at OR kept.day <> first.day OR kept.excluded <> first.is_excluded
    OR cardinality(kept.totals) <> coalesce(size.slots, 0)
), recounted AS (
  SELECT 'unit_rows' AS part, concat_ws(' ', unlike.epoch_id, encode(unlike.unit, 'hex'), 'row') AS id, unlike.recounted AS value
  FROM unlike
  UNION ALL
  SELECT 'unit_rows', concat_ws(' ', amounts.epoch_id, encode(amounts.unit, 'hex'), amounts.place), amounts.y::text
  FROM amounts
  WHERE amounts.y <> 0
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', first.epoch_id, first.arm_id, first.day, 'units'),
    concat_ws(' ', sum((NOT first.is_excluded)::integer), sum(first.is_excluded::integer))
  FROM firsts AS first
  GROUP BY first.epoch_id, first.arm_id, first.day
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', amounts.epoch_id, amounts.arm_id, amounts.day, 's', amounts.place), sum(amounts.y)::text
  FROM amounts
  WHERE NOT amounts.is_excluded
  GROUP BY amounts.epoch_id, amounts.arm_id, amounts.day, amounts.place
  HAVING sum(amounts.y) <> 0
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', a.epoch_id, a.arm_id, a.day, 'ss', a.place * (a.place - 1) / 2 + b.place), sum(a.y * b.y)::text
  FROM amounts AS a
  JOIN amounts AS b ON b.epoch_id = a.epoch_id AND b.unit = a.unit AND b.place <= a.place
  WHERE NOT a.is_excluded
  GROUP BY a.epoch_id, a.arm_id, a.day, a.place, b.place
  HAVING sum(a.y * b.y) <> 0
  UNION ALL
  SELECT 'unit_money', concat_ws(' ', purses.epoch_id, encode(purses.unit, 'hex'), purses.currency),
    concat_ws(' ', purses.gross, purses.returned)
  FROM purses
  UNION ALL
  SELECT 'money_cells', concat_ws(' ', purses.epoch_id, purses.arm_id, purses.currency),
    concat_ws(' ', count(*), sum(purses.gross), sum(purses.returned), sum((purses.gross + purses.returned) * (purses.gross + purses.returned)))
  FROM purses
  WHERE NOT purses.is_excluded
  GROUP BY purses.epoch_id, purses.arm_id, purses.currency
  UNION ALL
  SELECT 'exposure_cells', concat_ws(' ', shown.epoch_id, shown.arm_id, date_trunc('day', shown.decided_at, 'UTC')::date),
    concat_ws(' ', count(*), sum(shown.is_fallback), sum(shown.is_masked))
  FROM shown
  GROUP BY shown.epoch_id, shown.arm_id, date_trunc('day', shown.decided_at, 'UTC')::date
), stored AS (
  SELECT 'unit_rows' AS part, concat_ws(' ', unlike.epoch_id, encode(unlike.unit, 'hex'), 'row') AS id, unlike.stored AS value
  FROM unlike
  UNION ALL
  SELECT 'unit_rows', concat_ws(' ', kept.epoch_id, encode(kept.unit, 'hex'), total.place), total.y::text
  FROM unit_rows AS kept
  CROSS JOIN LATERAL unnest(kept.totals) WITH ORDINALITY AS total (y, place)
  WHERE 0 <> ANY (kept.totals) AND total.y <> 0
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', cell.epoch_id, cell.arm_id, cell.day, 'units'), concat_ws(' ', cell.n, cell.excluded)
  FROM unit_cells AS cell
  WHERE cell.n <> 0 OR cell.excluded <> 0
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', cell.epoch_id, cell.arm_id, cell.day, 's', sum.place), sum.y::text
  FROM unit_cells AS cell
  CROSS JOIN LATERAL unnest(cell.s) WITH ORDINALITY AS sum (y, place)
  WHERE sum.y <> 0
  UNION ALL
  SELECT 'unit_cells', concat_ws(' ', cell.epoch_id, cell.arm_id, cell.day, 'ss', sum.place), sum.y::text
  FROM unit_cells AS cell
  CROSS JOIN LATERAL unnest(cell.ss) WITH ORDINALITY AS sum (y, place)
  WHERE sum.y <> 0
  UNION ALL
  SELECT 'unit_money', concat_ws(' ', kept.epoch_id, encode(kept.unit, 'hex'), kept.currency), concat_ws(' ', kept.gross, kept.returned)
  FROM unit_money AS kept
  UNION ALL
  SELECT 'money_cells', concat_ws(' ', cell.epoch_id, cell.arm_id, cell.currency),
    concat_ws(' ', cell.units, cell.gross, cell.returned, cell.net_square)
  FROM money_cells AS cell
  WHERE cell.units <> 0 OR cell.gross <> 0 OR cell.returned <> 0 OR cell.net_square <> 0
  UNION ALL
  SELECT 'exposure_cells', concat_ws(' ', cell.epoch_id, cell.arm_id, cell.day), concat_ws(' ', cell.n, cell.fallback, cell.masked)
  FROM exposure_cells AS cell
)
SELECT
  coalesce(recounted.part, stored.part) AS part,
  coalesce(recounted.id, stored.id) AS id,
  stored.value AS stored,
  recounted.value AS recounted,
  count(*) OVER () AS differences
FROM recounted
FULL JOIN stored ON stored.part = recounted.part AND stored.id = recounted.id
WHERE stored.value IS DISTINCT FROM recounted.value
LIMIT 20
