-- Moments of an epoch by arm, all days together: sums element by element. Index: unit_cells_pkey.
SELECT
  cell.arm_id,
  sum(cell.n)::text AS units,
  sum(cell.excluded)::text AS excluded,
  (
    SELECT array_agg(summed.y::text ORDER BY summed.place)
    FROM (
      SELECT entry.place, sum(entry.y) AS y
      FROM unit_cells AS one
      CROSS JOIN LATERAL unnest(one.s) WITH ORDINALITY AS entry (y, place)
      WHERE one.epoch_id = cell.epoch_id AND one.arm_id = cell.arm_id
      GROUP BY entry.place
    ) AS summed
  ) AS s,
  (
    SELECT array_agg(summed.y::text ORDER BY summed.place)
    FROM (
      SELECT entry.place, sum(entry.y) AS y
      FROM unit_cells AS one
      CROSS JOIN LATERAL unnest(one.ss) WITH ORDINALITY AS entry (y, place)
      WHERE one.epoch_id = cell.epoch_id AND one.arm_id = cell.arm_id
      GROUP BY entry.place
    ) AS summed
  ) AS ss
FROM unit_cells AS cell
WHERE cell.epoch_id = $1
GROUP BY cell.epoch_id, cell.arm_id
ORDER BY cell.arm_id
