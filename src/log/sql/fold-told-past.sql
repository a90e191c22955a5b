-- Imported history of [low, high) that was known before a unit's first exposure and yet is folded after it: imports and exposures that ran
-- side by side. Index: interactions_xid, unit_rows_pkey.
INSERT INTO told (unit, occurred_at, known_at)
SELECT event.unit, event.occurred_at, event.imported_at
FROM interactions AS event
JOIN unit_rows AS known ON known.unit = event.unit
WHERE event.xid >= $1::xid8 AND event.xid < $2::xid8 AND event.imported_at < known.first_at AND event.occurred_at < known.first_at
