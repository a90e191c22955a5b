-- Units of an epoch by arm and UTC day of their first exposure. Index: unit_cells_pkey.
SELECT cell.arm_id, cell.day::text AS day, sum(cell.n)::text AS units
FROM unit_cells AS cell
WHERE cell.epoch_id = $1
GROUP BY cell.arm_id, cell.day
HAVING sum(cell.n) <> 0
ORDER BY cell.arm_id, cell.day
