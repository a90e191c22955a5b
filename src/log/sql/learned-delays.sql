-- The delays of some days of a bandit's epoch: by hour from day $4 on, by day before. Index: delay_cells_pkey, whose order is that of time.
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
  FROM delay_cells AS delay
  WHERE delay.epoch_id = $1::integer AND delay.stratum = 'bandit' AND delay.features = $2::smallint
    AND delay.bucket = ANY (
      SELECT to_timestamp(day.no::float8 * 86400 + hour.no * 3600)
      FROM unnest($3::integer[]) AS day (no) CROSS JOIN generate_series(0, 23) AS hour (no)
    )
) AS cell
GROUP BY 1, 2, 3, 4, 5
HAVING sum(cell.count) <> 0
ORDER BY 1, 2, 3, 4, 5
