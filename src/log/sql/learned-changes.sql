-- The days (since 1970, UTC) of what a bandit's epoch learns from ($1, $4: epochs and their arms), how many cells each has, and whether one of them was written by a transaction that the
-- reading before could not see ($3: its oldest running transaction). A row that was written very long ago may look new; then it is read again.
-- Index: bandit_buckets_pkey; the sums themselves are not touched. Measured 2,880 cells (a month of four arms) in 4 ms.
SELECT
  floor(extract(epoch FROM cell.bucket) / 86400)::integer AS day,
  count(*)::integer AS cells,
  coalesce(bool_or(age(cell.xmin) <= age($3::text::xid8::xid)), true) AS is_new
FROM unnest($1::integer[], $4::text[]) AS source (epoch_id, arms)
JOIN bandit_buckets AS cell ON cell.epoch_id = source.epoch_id AND (source.arms IS NULL OR cell.arm_id = ANY (source.arms::integer[]))
WHERE cell.stratum = 'bandit' AND cell.features = $2::smallint
GROUP BY 1
ORDER BY 1
