-- The cells of some days (since 1970) of what a logistic bandit's epoch learns from ($1, $4: epochs and their arms), by hour and arm: vectors of length $2 in their order, and beside them n and hits,
-- one after the other. Index: logit_cells_pkey.
SELECT
  cell.arm_id, floor(extract(epoch FROM cell.bucket) / 3600)::integer AS hour,
  string_agg(array_to_string(cell.x, ','), ',' ORDER BY cell.x, cell.epoch_id) AS x,
  string_agg(cell.n::text, ',' ORDER BY cell.x, cell.epoch_id) AS n,
  string_agg(array_to_string(cell.hits, ','), ',' ORDER BY cell.x, cell.epoch_id) AS hits
FROM unnest($3::integer[]) AS day (no)
CROSS JOIN unnest($1::integer[], $4::text[]) AS source (epoch_id, arms)
JOIN logit_cells AS cell
  ON cell.epoch_id = source.epoch_id AND (source.arms IS NULL OR cell.arm_id = ANY (source.arms::integer[]))
  AND cell.bucket >= to_timestamp(day.no::float8 * 86400) AND cell.bucket < to_timestamp((day.no + 1)::float8 * 86400)
WHERE cardinality(cell.x) = $2::integer
GROUP BY cell.arm_id, cell.bucket
ORDER BY cell.bucket, cell.arm_id
