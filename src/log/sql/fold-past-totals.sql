-- Adds up the past as the hits are added up, each slot over its own days; a history asks whether there was anything at all.
-- Measured 30 units/ms with 4 such slots.
WITH summed AS (
  SELECT
    event.epoch_id,
    event.unit,
    slot.slot,
    least(
      CASE slot.aggregate
        WHEN 'any' THEN 1
        WHEN 'count' THEN sum(event.n)
        WHEN 'quantity' THEN sum(event.quantity)
        WHEN 'value' THEN held_bigint(coalesce(sum(event.value_minor), 0))
      END,
      slot.cap
    ) AS total
  FROM past AS event
  JOIN epoch_slots AS slot
    ON slot.epoch_id = event.epoch_id AND slot.past_span IS NOT NULL AND (slot.part = 'history' OR event.type = ANY (slot.types))
  WHERE event.span <= slot.past_span
    AND (slot.aggregate <> 'value' OR slot.currency IS NULL OR event.currency = slot.currency)
  GROUP BY event.epoch_id, event.unit, slot.slot, slot.aggregate, slot.cap
), whole AS (
  SELECT someone.epoch_id, someone.unit, array_agg(coalesce(summed.total, 0) ORDER BY slot.slot) AS totals
  FROM (SELECT DISTINCT summed.epoch_id, summed.unit FROM summed) AS someone
  JOIN epoch_slots AS slot ON slot.epoch_id = someone.epoch_id AND slot.past_span IS NOT NULL
  LEFT JOIN summed ON summed.epoch_id = someone.epoch_id AND summed.unit = someone.unit AND summed.slot = slot.slot
  GROUP BY someone.epoch_id, someone.unit
)
UPDATE touched SET totals = touched.totals[:cardinality(touched.totals) - cardinality(whole.totals)] || whole.totals
FROM whole
WHERE touched.epoch_id = whole.epoch_id AND touched.unit = whole.unit
