-- The delays of some days of what a bandit's epoch learns from ($1, $5: epochs and their arms): by hour from day $4 on, by day before. Index: delay_cells_pkey, whose order is that of time.
SELECT
  cell.arm_id, cell.day,
  CASE WHEN cell.day >= $4::integer THEN cell.hour END AS hour,
  cell.slot, cell.bin,
  sum(cell.count)::bigint AS count
FROM (
  SELECT
    delay.arm_id, delay.slot, delay.delay_bin AS bin, delay.count,
    floor(extract(epoch FROM delay.bucket) / 3600)::integer AS hour,
    floor(extract(epoch FROM delay.bucket) / 86400)::integer AS day
  FROM unnest($1::integer[], $5::text[]) AS source (epoch_id, arms)
  JOIN delay_cells AS delay ON delay.epoch_id = source.epoch_id AND (source.arms IS NULL OR delay.arm_id = ANY (source.arms::integer[]))
  WHERE delay.stratum = 'bandit' AND delay.features = $2::smallint
    AND delay.bucket = ANY (
      SELECT to_timestamp(day.no::float8 * 86400 + hour.no * 3600)
      FROM unnest($3::integer[]) AS day (no) CROSS JOIN generate_series(0, 23) AS hour (no)
    )
) AS cell
GROUP BY 1, 2, 3, 4, 5
HAVING sum(cell.count) <> 0
ORDER BY 1, 2, 3, 4, 5
