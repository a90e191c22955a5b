-- The exposures of an epoch in the log itself, below the watermark. Scans the partitions since the epoch began; a day is allowed for clocks
-- that are wrong. Measured 2.5 million rows/s.
SELECT exposure.arm_id, count(*)::text AS n
FROM exposures AS exposure
JOIN watermarks AS watermark ON watermark.name = 'fold'
WHERE exposure.epoch_id = $1
  AND exposure.xid < watermark.xid
  AND exposure.decided_at >= (SELECT epoch.started_at - interval '1 day' FROM epochs AS epoch WHERE epoch.id = $1)
GROUP BY exposure.arm_id
ORDER BY exposure.arm_id
