-- Exposures of an epoch by arm as the fold counted them. Index: exposure_cells_pkey.
SELECT cell.arm_id, sum(cell.n)::text AS n, sum(cell.fallback)::text AS fallback, sum(cell.masked)::text AS masked
FROM exposure_cells AS cell
WHERE cell.epoch_id = $1
GROUP BY cell.arm_id
ORDER BY cell.arm_id
