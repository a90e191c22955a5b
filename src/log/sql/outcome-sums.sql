-- What decisions of a bandit's epoch brought, by arm, stratum and UTC day: n, Σ yⱼ (the intercept's row of b, in units of 1/1024) and Σ yᵢyⱼ.
-- Index: bandit_buckets_pkey.
WITH cells AS (
  SELECT
    cell.arm_id, cell.stratum, floor(extract(epoch FROM cell.bucket) / 86400)::integer AS day, cell.n,
    cell.b[1 : cardinality(cell.b) / cell.features] AS b, cell.c
  FROM bandit_buckets AS cell
  WHERE cell.epoch_id = $1::integer
), counted AS (
  SELECT cells.arm_id, cells.stratum, cells.day, sum(cells.n)::text AS n
  FROM cells
  GROUP BY 1, 2, 3
), added AS (
  SELECT each.arm_id, each.stratum, each.day, array_agg(each.total ORDER BY each.place) AS sums
  FROM (
    SELECT cells.arm_id, cells.stratum, cells.day, part.place, sum(part.value)::text AS total
    FROM cells
    CROSS JOIN LATERAL unnest(cells.b || cells.c) WITH ORDINALITY AS part (value, place)
    GROUP BY 1, 2, 3, 4
  ) AS each
  GROUP BY 1, 2, 3
)
SELECT
  counted.arm_id, counted.stratum, counted.day, counted.n, added.sums,
  (SELECT mark.xid::text FROM watermarks AS mark WHERE mark.name = 'decisions') AS watermark
FROM counted
LEFT JOIN added USING (arm_id, stratum, day)
ORDER BY counted.arm_id, counted.stratum, counted.day
