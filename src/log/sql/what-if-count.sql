-- How many decisions an epoch has below the watermark and in [$2, $3); when the oldest of the $4 newest was made, null when there is none; and
-- how many of those are younger at $6 than each of the windows $5 (microseconds).
-- Index: exposures_pkey (partitions by decided_at). Whole scan of the epoch's months.
WITH made AS MATERIALIZED (
  SELECT exposure.decided_at, exposure.decision_id
  FROM exposures AS exposure
  WHERE exposure.epoch_id = $1::integer AND exposure.decided_at >= $2::timestamptz AND exposure.decided_at < $3::timestamptz
    AND exposure.xid < (SELECT mark.xid FROM watermarks AS mark WHERE mark.name = 'fold')
    AND is_learned_from(exposure.kind)
), newest AS MATERIALIZED (
  SELECT made.decided_at FROM made ORDER BY made.decided_at DESC, made.decision_id DESC LIMIT $4::integer
)
SELECT
  (SELECT count(*)::integer FROM made) AS decisions,
  (SELECT min(newest.decided_at) FROM newest) AS since,
  ARRAY(
    SELECT (
      SELECT count(*)::integer FROM newest WHERE newest.decided_at > $6::timestamptz - place.micros * interval '1 microsecond'
    )
    FROM unnest($5::bigint[]) WITH ORDINALITY AS place (micros, no)
    ORDER BY place.no
  ) AS immature
